<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_mzi\form\request;

use local_mzi\service\request_choices;

/**
 * The form of a request that names any number of classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class class_choice_form extends request_form {
    /**
     * What the list of classes is called.
     *
     * @return string
     */
    abstract protected function classes_label(): string;

    /**
     * What stands there when no class is on offer.
     *
     * @return string
     */
    abstract protected function no_classes(): string;

    #[\Override]
    protected function fields(): void {
        $form = $this->_form;
        $boxes = [];
        foreach (\core\di::get(request_choices::class)->classes($this->type(), $this->student()) as $class) {
            $boxes[] = $form->createElement('checkbox', $class->id, '', s(request_choices::class_name($class)), ['dir' => 'auto']);
        }
        if ($boxes) {
            $form->addGroup($boxes, 'classes', $this->classes_label(), '<span class="w-100"></span>');
        } else {
            $form->addElement('static', 'classes', $this->classes_label(), $this->no_classes());
        }
    }

    /**
     * The classes as they were sent, also those that were not on offer: they are refused, not left out.
     *
     * @param array $data
     * @return array
     */
    #[\Override]
    protected function choices(array $data): array {
        return ['classes' => array_keys(array_filter(optional_param_array('classes', [], PARAM_BOOL)))];
    }
}
