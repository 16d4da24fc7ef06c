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

namespace local_mzi\repository;

use local_mzi\local\student;

/**
 * The classes of a student and the courses behind them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_repository {
    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    /**
     * Classes of a student, with the student's place in them.
     *
     * @param student $student
     * @return \stdClass[] the class that began last first; a class has one row, that of the newest place in it
     */
    public function of_student(student $student): array {
        $rows = $this->db->get_records_sql(
            "SELECT e.id AS placeid, c.id, c.moodle_course_id, e.enrollment_type, e.start_date AS joined, e.end_date AS ended,
                    COALESCE(e.moodle_course_id, c.moodle_course_id) AS courseid,
                    c.zoho_class_id, c.class_number, c.name, c.unit_name, c.program_name,
                    COALESCE(c.teacher_name, t.name) AS teacher, c.term, c.year, c.status, c.start_date, c.end_date,
                    c.schedule, c.classroom, c.study_mode, c.ms_teams_id
               FROM {local_mzi_enrollments} e
               JOIN {local_mzi_classes} c ON c.zoho_class_id = e.zoho_class_id AND c.deleted_at IS NULL
          LEFT JOIN {local_mzi_teachers} t ON t.zoho_teacher_id = c.zoho_teacher_id AND t.deleted_at IS NULL
              WHERE e.zoho_student_id = ? AND e.deleted_at IS NULL
           ORDER BY COALESCE(c.start_date, '') DESC, c.id DESC, e.id",
            [$student->zohoid]
        );
        return array_values(array_column($rows, null, 'zoho_class_id'));
    }

    /**
     * Which of some courses a user can enter as one of its participants, by one statement.
     *
     * @param int $userid
     * @param int[] $courseids
     * @param int $now
     * @return array<int, string> full names by id
     */
    public function open_courses(int $userid, array $courseids, int $now): array {
        if (!$courseids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($courseids)), SQL_PARAMS_NAMED);
        return $this->db->get_records_sql_menu(
            "SELECT c.id, c.fullname
               FROM {course} c
              WHERE c.id $in AND c.visible = 1
                AND EXISTS (SELECT 1
                              FROM {user_enrolments} ue
                              JOIN {enrol} e ON e.id = ue.enrolid
                             WHERE e.courseid = c.id AND ue.userid = :userid AND ue.status = :active
                               AND e.status = :enabled AND ue.timestart <= :started
                               AND (ue.timeend = 0 OR ue.timeend > :notended))",
            $parameters + [
                'userid' => $userid,
                'active' => ENROL_USER_ACTIVE,
                'enabled' => ENROL_INSTANCE_ENABLED,
                'started' => $now,
                'notended' => $now,
            ]
        );
    }
}
