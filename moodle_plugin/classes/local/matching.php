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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * A way to find the Moodle user of a CRM record.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum matching: string {
    /** The CRM holds the Moodle user's id. */
    case EXPLICIT = 'explicit';
    /** The user's ID number is the student number. */
    case IDNUMBER = 'idnumber';
    /** The user's name is the academic e-mail address. */
    case USERNAME = 'username';
    /** The user's e-mail address is the academic one. */
    case EMAIL = 'email';

    /** The order unless the administrator wants another. */
    public const DEFAULT_ORDER = 'explicit,idnumber,username,email';

    /**
     * An order as it is written in the setting.
     *
     * @param string $text names with commas between them
     * @return self[]|null null if a name is unknown, or there twice, or none is there
     */
    public static function parse(string $text): ?array {
        $names = array_map('trim', explode(',', $text));
        $order = array_map(self::tryFrom(...), $names);
        return in_array(null, $order, true) || count(array_unique($names)) < count($names) ? null : $order;
    }

    /**
     * The order in force.
     *
     * @return self[]
     */
    public static function order(): array {
        $setting = (string) get_config('local_mzi', 'usermatching');
        return self::parse($setting) ?? self::parse(self::DEFAULT_ORDER);
    }
}
