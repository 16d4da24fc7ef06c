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

namespace local_mzi\external;

use core\context\system;
use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\output\format;
use local_mzi\service\acknowledgement;

/**
 * Notes that the current user, a student, has seen a grade.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class acknowledge_grade extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'id' => new external_value(PARAM_INT, 'Row of the grade'),
            // Only compared, never kept or shown.
            'grade' => new external_value(PARAM_RAW, 'The grade that the student saw'),
        ]);
    }

    /**
     * Notes it; a second time changes nothing.
     *
     * @param int $id
     * @param string $grade
     * @return array
     */
    public static function execute(int $id, string $grade): array {
        ['id' => $id, 'grade' => $grade] = self::validate_parameters(
            self::execute_parameters(),
            ['id' => $id, 'grade' => $grade]
        );
        self::validate_context(system::instance());
        $time = \core\di::get(acknowledgement::class)->record($id, $grade);
        return [
            'acknowledged_at' => $time,
            'text' => get_string('grades_acknowledged', 'local_mzi', format::time($time)),
        ];
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'acknowledged_at' => new external_value(PARAM_INT, 'When it was noted, seconds since 1970'),
            'text' => new external_value(PARAM_TEXT, 'The same in the user\'s language'),
        ]);
    }
}
