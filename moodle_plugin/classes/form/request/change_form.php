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

use local_mzi\local\changeable_field;
use local_mzi\service\request_check;
use local_mzi\service\request_choices;

/**
 * The form to have personal data changed: a row for each field, with what stands there and what should.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class change_form extends request_form {
    #[\Override]
    protected function fields(): void {
        global $OUTPUT;
        $form = $this->_form;
        $current = \core\di::get(request_choices::class)->current_values($this->student());
        foreach (changeable_field::all() as $name => $field) {
            $now = $OUTPUT->render_from_template('local_mzi/request_current_value', ['value' => $current[$name]]);
            $form->addElement('static', 'now_' . self::key_of($name), $field->label(), $now);
            $form->addElement('text', self::key_of($name), get_string('request_newvalue', 'local_mzi', $field->label()), [
                'maxlength' => request_check::MAX_VALUE,
                'dir' => 'auto',
            ]);
            $form->setType(self::key_of($name), PARAM_RAW);
        }
    }

    #[\Override]
    protected function choices(array $data): array {
        $changes = [];
        foreach (array_keys(changeable_field::all()) as $name) {
            $changes[$name] = str_replace("\n", ' ', self::clean($data[self::key_of($name)] ?? ''));
        }
        return ['changes' => array_filter($changes, fn(string $value) => $value !== '')];
    }

    #[\Override]
    protected function fault_fields(): array {
        $fields = [];
        foreach (array_keys(changeable_field::all()) as $name) {
            $fields["change:$name"] = self::key_of($name);
        }
        return $fields;
    }

    /**
     * The form's field for a Field_Name; it stays the same when the list of fields changes meanwhile.
     *
     * @param string $name
     * @return string
     */
    private static function key_of(string $name): string {
        return 'new_' . substr(sha1($name), 0, 12);
    }
}
