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

/**
 * The CRM ids that the tables hold for what happens in Moodle. Tombstones do not count.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class crm_link_repository {
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
     * The students that users are.
     *
     * @param int[] $userids
     * @return array<int, string[]> CRM ids by user
     */
    public function students_of(array $userids): array {
        if (!$userids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($userids)));
        $rows = $this->db->get_records_select(
            'local_mzi_students',
            "moodle_user_id $in AND deleted_at IS NULL",
            $parameters,
            'id',
            'id, moodle_user_id, zoho_student_id'
        );
        $found = [];
        foreach ($rows as $row) {
            $found[(int) $row->moodle_user_id][] = $row->zoho_student_id;
        }
        return $found;
    }

    /**
     * The classes that courses are: by what the CRM says, or because the course was made for the class.
     *
     * @param int[] $courseids
     * @return array<int, array<string, string|null>> names of units by CRM id of the class, by course
     */
    public function classes_of(array $courseids): array {
        if (!$courseids) {
            return [];
        }
        $courseids = array_values(array_unique($courseids));
        [$said, $first] = $this->db->get_in_or_equal($courseids, SQL_PARAMS_NAMED, 'said');
        [$made, $second] = $this->db->get_in_or_equal($courseids, SQL_PARAMS_NAMED, 'made');
        $rows = $this->db->get_records_sql(
            "SELECT c.id, c.zoho_class_id, c.unit_name, COALESCE(c.moodle_course_id, m.courseid) AS courseid
               FROM {local_mzi_classes} c
          LEFT JOIN {local_mzi_class_courses} m ON m.zoho_class_id = c.zoho_class_id AND m.state = :ready
              WHERE c.deleted_at IS NULL
                AND (c.moodle_course_id $said OR (c.moodle_course_id IS NULL AND m.courseid $made))
           ORDER BY c.id",
            ['ready' => 'ready'] + $first + $second
        );
        $found = [];
        foreach ($rows as $row) {
            $found[(int) $row->courseid][$row->zoho_class_id] = $row->unit_name;
        }
        return $found;
    }

    /**
     * The places of students in classes.
     *
     * @param string[] $studentids CRM ids
     * @param string[] $classids CRM ids
     * @return array<string, array<string, string>> CRM id of the enrollment by class, by student
     */
    public function enrollments_of(array $studentids, array $classids): array {
        if (!$studentids || !$classids) {
            return [];
        }
        [$students, $first] = $this->db->get_in_or_equal(array_values(array_unique($studentids)), SQL_PARAMS_NAMED, 'student');
        [$classes, $second] = $this->db->get_in_or_equal(array_values(array_unique($classids)), SQL_PARAMS_NAMED, 'class');
        $rows = $this->db->get_records_select(
            'local_mzi_enrollments',
            "zoho_student_id $students AND zoho_class_id $classes AND deleted_at IS NULL",
            $first + $second,
            'id',
            'id, zoho_student_id, zoho_class_id, zoho_enrollment_id'
        );
        $found = [];
        foreach ($rows as $row) {
            $found[$row->zoho_student_id][$row->zoho_class_id] ??= $row->zoho_enrollment_id;
        }
        return $found;
    }

    /**
     * The grades that the CRM has already.
     *
     * @param string[] $keys as the bridge composes them
     * @return array<string, string> CRM ids by key
     */
    public function grades_of(array $keys): array {
        if (!$keys) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($keys)));
        $rows = $this->db->get_records_select(
            'local_mzi_grades',
            "moodle_grade_key $in AND deleted_at IS NULL",
            $parameters,
            'id DESC',
            'id, moodle_grade_key, zoho_grade_id'
        );
        return array_column($rows, 'zoho_grade_id', 'moodle_grade_key');
    }
}
