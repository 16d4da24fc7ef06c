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

use local_mzi\local\status_list;

/**
 * Says which classes are over: the one rule of the list of classes and of what can be asked for.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_end {
    /**
     * Whether a class is over for a student.
     *
     * It is when the student's place in it has ended. Else the class's status decides, since a class may wait for
     * resubmissions long after its last day; only a class without a status is judged by its dates.
     *
     * @param \stdClass $class status, end_date, and ended: the last day of the student's place; days are YYYY-MM-DD
     * @param string $today YYYY-MM-DD
     * @return bool
     */
    public static function is_past(\stdClass $class, string $today): bool {
        if ($class->ended !== null && $class->ended < $today) {
            return true;
        }
        if (trim((string) $class->status) !== '') {
            return status_list::ENDED->contains($class->status);
        }
        return $class->end_date !== null && $class->end_date < $today;
    }
}
