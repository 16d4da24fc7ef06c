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
 * The form to hand in late: one class, and the receipt of the fee.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class late_form extends request_form {
    #[\Override]
    protected function fields(): void {
        $classes = \core\di::get(request_choices::class)->classes($this->type(), $this->student());
        if (!$classes) {
            $this->_form->addElement('static', 'class', get_string('request_class', 'local_mzi'), get_string(
                'request_noclasses_late',
                'local_mzi'
            ));
            return;
        }
        // Moodle writes the options of a list as they are.
        $names = array_map(fn(\stdClass $class) => s(request_choices::class_name($class)), $classes);
        $options = ['' => get_string('choosedots')] + $names;
        $this->_form->addElement('select', 'class', get_string('request_class', 'local_mzi'), $options);
        $this->_form->addRule('class', get_string('request_fault_class_missing', 'local_mzi'), 'required', null, 'client');
    }

    #[\Override]
    protected function choices(array $data): array {
        return ['classes' => array_filter([optional_param('class', 0, PARAM_INT)])];
    }

    #[\Override]
    protected function fault_fields(): array {
        return ['classes' => 'class'];
    }
}
