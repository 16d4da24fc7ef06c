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
 * Living grades, as the pages want them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_repository {
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
     * The grades of a student, released or not.
     *
     * @param student $student
     * @return \stdClass[] rows with the class's class_name and class_unit_name, which may be null
     */
    public function grades(student $student): array {
        return array_values($this->db->get_records_sql(
            'SELECT g.*, c.name AS class_name, c.unit_name AS class_unit_name
               FROM {local_mzi_grades} g
          LEFT JOIN {local_mzi_classes} c ON c.zoho_class_id = g.zoho_class_id AND c.deleted_at IS NULL
              WHERE g.zoho_student_id = ? AND g.deleted_at IS NULL
           ORDER BY g.id',
            [$student->zohoid]
        ));
    }

    /**
     * The learning outcomes behind grades.
     *
     * @param \stdClass[] $grades rows
     * @return array<string, \stdClass[]> rows by CRM id of the grade
     */
    public function outcomes(array $grades): array {
        if (!$grades) {
            return [];
        }
        $rows = $this->db->get_records_list(
            'local_mzi_grade_outcomes',
            'zoho_grade_id',
            array_column($grades, 'zoho_grade_id'),
            'sortorder, id'
        );
        $outcomes = [];
        foreach ($rows as $row) {
            $outcomes[$row->zoho_grade_id][] = $row;
        }
        return $outcomes;
    }

    /**
     * One grade.
     *
     * @param int $id of the row
     * @return \stdClass|null
     */
    public function grade(int $id): ?\stdClass {
        return $this->db->get_record_select('local_mzi_grades', 'id = ? AND deleted_at IS NULL', [$id]) ?: null;
    }

    /**
     * Notes which grade the student has seen, unless that is noted or the grade is another one meanwhile. Of two
     * calls at once the first counts.
     *
     * @param int $id of the row
     * @param string $seen the grade that the student saw
     * @param int $now
     * @return bool whether it was noted now
     */
    public function acknowledge(int $id, string $seen, int $now): bool {
        $transaction = $this->db->start_delegated_transaction();
        $row = $this->db->get_record_sql(
            'SELECT id, grade, acknowledged_at, acknowledged_grade FROM {local_mzi_grades} WHERE id = ? FOR UPDATE',
            [$id],
            MUST_EXIST
        );
        $note = trim((string) $row->grade) === $seen && !self::is_acknowledged($row);
        if ($note) {
            $values = ['acknowledged_at' => $now, 'acknowledged_grade' => $row->grade];
            $this->db->update_record('local_mzi_grades', (object) (['id' => $id] + $values));
        }
        $transaction->allow_commit();
        return $note;
    }

    /**
     * Whether the student has acknowledged the grade as it is. One that was changed since has not been seen.
     *
     * @param \stdClass $grade row
     * @return bool
     */
    public static function is_acknowledged(\stdClass $grade): bool {
        return $grade->acknowledged_at !== null && $grade->acknowledged_grade === $grade->grade;
    }
}
