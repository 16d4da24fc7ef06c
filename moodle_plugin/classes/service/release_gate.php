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

use local_mzi\local\word_list;

/**
 * The one rule of what a student may see of grades: only what was released.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class release_gate {
    /** Statuses that count as released, unless the administrator wants others. */
    public const DEFAULT_STATUSES = 'Released';

    /**
     * Whether a grade with this status may be shown to its student. One without a status may not.
     *
     * @param string|null $status Grade_Status of the CRM
     * @return bool
     */
    public static function is_released(?string $status): bool {
        return word_list::of_setting('releasedstatuses', self::DEFAULT_STATUSES)->has($status);
    }
}
