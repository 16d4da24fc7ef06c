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

namespace local_mzi\service;

/**
 * The number of a request as the last line of its reason: the CRM has no field for it, so this is how its record
 * is known again, and what the office and the student can both name.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_mark {
    /** A reason that ends with a number. */
    private const MARKED = '/\s*\[(M-\d{6,10})\]\s*$/D';

    /**
     * A reason with the number behind it.
     *
     * @param string $reason
     * @param string $number
     * @return string
     */
    public static function add(string $reason, string $number): string {
        return ltrim("$reason\n[$number]");
    }

    /**
     * The number behind a reason.
     *
     * @param string $reason
     * @return string|null
     */
    public static function number(string $reason): ?string {
        return preg_match(self::MARKED, $reason, $parts) ? $parts[1] : null;
    }

    /**
     * A reason without a number behind it.
     *
     * @param string $reason
     * @return string
     */
    public static function strip(string $reason): string {
        return preg_replace(self::MARKED, '', $reason);
    }
}
