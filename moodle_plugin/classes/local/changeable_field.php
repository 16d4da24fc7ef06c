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

use local_mzi\entity\registry;

/**
 * Personal data that a student may ask to have changed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class changeable_field {
    /** The setting as it is at first: values of the CRM's picklist Field_Name and columns of students. */
    public const DEFAULT = "Phone Number = phone\nAddress = address\nCity = city\n" .
        'Emergency Contact Name = emergency_contact_name';

    /** Columns whose value is never offered: keys, and what says who the person is here. */
    private const NEVER = ['zoho_program_id', 'moodle_user_id', 'profile_picture_url', 'national_id'];

    /**
     * Constructor.
     *
     * @param string $name Field_Name in the CRM
     * @param string $column column of students
     */
    private function __construct(
        /** @var string Field_Name in the CRM */
        public readonly string $name,
        /** @var string column of students */
        public readonly string $column,
    ) {
    }

    /**
     * The fields of a setting's text.
     *
     * @param string $text a line each: Field_Name = column
     * @return array<string, self>|null by Field_Name; null if the text is no such list
     */
    public static function parse(string $text): ?array {
        $columns = registry::get('students')->columns;
        $fields = [];
        foreach (array_filter(array_map('trim', explode("\n", $text))) as $line) {
            if (!preg_match('/^([^=]{1,100}?)\s*=\s*([a-z_]+)$/D', $line, $parts)) {
                return null;
            }
            [, $name, $column] = $parts;
            $taken = $name === request_type::PHOTO_FIELD || isset($fields[$name]);
            if ($taken || !isset($columns[$column]) || in_array($column, self::NEVER, true)) {
                return null;
            }
            $fields[$name] = new self($name, $column);
        }
        return $fields;
    }

    /**
     * The fields that the setting lists.
     *
     * @return array<string, self> by Field_Name
     */
    public static function all(): array {
        $text = get_config('local_mzi', 'changefields');
        return self::parse($text === false ? self::DEFAULT : $text) ?? [];
    }

    /**
     * The name in the user's language.
     *
     * @return string
     */
    public function label(): string {
        return get_string("field_{$this->column}", 'local_mzi');
    }
}
