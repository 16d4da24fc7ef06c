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

namespace local_mzi\local;

/**
 * One fault of one record.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class fault {
    /** Most characters of a field's name that are repeated to the caller. */
    private const FIELD_LENGTH = 100;

    /**
     * Constructor.
     *
     * @param string $field name, with list and position for a row of a list: installments[0].amount
     * @param fault_code $code
     * @param string $expected what would have been right
     */
    public function __construct(
        /** @var string name, with list and position for a row of a list */
        public readonly string $field,
        /** @var fault_code why */
        public readonly fault_code $code,
        /** @var string what would have been right */
        public readonly string $expected = '',
    ) {
    }

    /**
     * The fault as the caller gets it. Neither message nor field ever quotes a value.
     *
     * @return array
     */
    public function export(): array {
        return [
            'field' => \core_text::substr($this->field, 0, self::FIELD_LENGTH),
            'code' => $this->code->value,
            'message' => get_string('fault_' . $this->code->value, 'local_mzi', $this->expected),
        ];
    }
}
