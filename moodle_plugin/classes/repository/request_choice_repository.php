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
 * What a student can choose from in a request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_choice_repository {
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
     * The classes of the student's programmes that have not begun and that the student is not in.
     *
     * @param student $student
     * @param string $today YYYY-MM-DD
     * @return \stdClass[] id, zoho_class_id, class_number, name, unit_name, moodle_course_id, status, by local id
     */
    public function coming_classes(student $student, string $today): array {
        return $this->db->get_records_sql(
            'SELECT c.id, c.zoho_class_id, c.class_number, c.name, c.unit_name, c.moodle_course_id, c.status
               FROM {local_mzi_classes} c
              WHERE c.deleted_at IS NULL AND c.start_date > :today
                    AND (c.zoho_program_id IN (
                             SELECT r.zoho_program_id
                               FROM {local_mzi_registrations} r
                              WHERE r.zoho_student_id = :registered AND r.deleted_at IS NULL)
                         OR c.zoho_program_id = (SELECT s.zoho_program_id FROM {local_mzi_students} s WHERE s.id = :id))
                    AND NOT EXISTS (
                             SELECT 1
                               FROM {local_mzi_enrollments} e
                              WHERE e.zoho_class_id = c.zoho_class_id AND e.zoho_student_id = :enrolled
                                    AND e.deleted_at IS NULL)
           ORDER BY c.name, c.id',
            [
                'today' => $today,
                'registered' => $student->zohoid,
                'id' => $student->id,
                'enrolled' => $student->zohoid,
            ]
        );
    }

    /**
     * What stands in columns of the student's row.
     *
     * @param student $student
     * @param string[] $columns
     * @return array<string, string|null> by column
     */
    public function values(student $student, array $columns): array {
        if (!$columns) {
            return [];
        }
        $row = $this->db->get_record('local_mzi_students', ['id' => $student->id], implode(',', array_unique($columns)));
        return (array) $row;
    }

    /**
     * Names of classes by the Moodle course they have.
     *
     * @param int[] $courseids
     * @return array<int, string[]> by course
     */
    public function class_names(array $courseids): array {
        $names = [];
        $rows = $courseids ? $this->db->get_records_list(
            'local_mzi_classes',
            'moodle_course_id',
            $courseids,
            'id',
            'id, moodle_course_id, name, class_number'
        ) : [];
        foreach ($rows as $row) {
            $names[(int) $row->moodle_course_id][] = (string) ($row->name ?? $row->class_number);
        }
        return $names;
    }
}
