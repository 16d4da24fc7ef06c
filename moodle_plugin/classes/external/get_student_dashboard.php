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
use local_mzi\local\audience;
use local_mzi\repository\student_repository;
use local_mzi\service\dashboard\dashboard;
use local_mzi\service\student_access;

/**
 * Returns everything the pages show of a student, as JSON.
 *
 * For the student, for holders of local/mzi:viewall, and for the bridge, which hands on what the student sees.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_student_dashboard extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'userid' => new external_value(PARAM_INT, 'Moodle user whose newest student record is wanted'),
        ]);
    }

    /**
     * The data.
     *
     * @param int $userid
     * @return array
     */
    public static function execute(int $userid): array {
        ['userid' => $userid] = self::validate_parameters(self::execute_parameters(), ['userid' => $userid]);
        $context = system::instance();
        self::validate_context($context);
        $access = \core\di::get(student_access::class);
        $student = \core\di::get(student_repository::class)->of_user($userid)[0] ?? null;
        if (!$student || !has_capability('local/mzi:sync', $context)) {
            $student = $access->require($student);
        }
        // The bridge sees what the student sees.
        $audience = $access->allows($student) ? $access->audience($student) : audience::STUDENT;
        $data = \core\di::get(dashboard::class)->data($student, $audience);
        return ['dashboard' => json_encode($data, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR)];
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'dashboard' => new external_value(PARAM_RAW, 'JSON object: student, and one object for each tab that is switched on'),
        ]);
    }
}
