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

namespace local_mzi\entity;

/**
 * One column that the bridge may write.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class column {
    /**
     * Use the named constructors.
     *
     * @param string $name column of the table and key of the record
     * @param column_type $type
     * @param int $length most characters of a text, 0 for no limit
     */
    private function __construct(
        /** @var string column of the table and key of the record */
        public readonly string $name,
        /** @var column_type what it can hold */
        public readonly column_type $type,
        /** @var int most characters of a text, 0 for no limit */
        public readonly int $length = 0,
    ) {
    }

    /**
     * A text.
     *
     * @param string $name
     * @param int $length most characters, 0 for no limit
     * @return self
     */
    public static function text(string $name, int $length = 0): self {
        return new self($name, column_type::TEXT, $length);
    }

    /**
     * The id of a CRM record: a string of digits, never a number.
     *
     * @param string $name
     * @return self
     */
    public static function zoho_id(string $name): self {
        return new self($name, column_type::TEXT, definition::ID_LENGTH);
    }

    /**
     * Any type that needs no length.
     *
     * @param string $name
     * @param column_type $type
     * @return self
     */
    public static function of(string $name, column_type $type): self {
        return new self($name, $type);
    }
}
