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
 * What a student is registered for, and how far it has come there.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class programme_repository {
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
     * Registrations with what the programme says of itself.
     *
     * @param student $student
     * @return \stdClass[] the newest first
     */
    public function registrations(student $student): array {
        return array_values($this->db->get_records_sql(
            "SELECT r.*, p.name AS programme, p.award, p.level
               FROM {local_mzi_registrations} r
          LEFT JOIN {local_mzi_programs} p ON p.zoho_program_id = r.zoho_program_id AND p.deleted_at IS NULL
              WHERE r.zoho_student_id = ? AND r.deleted_at IS NULL
           ORDER BY COALESCE(r.registration_date, '') DESC, r.id DESC",
            [$student->zohoid]
        ));
    }

    /**
     * Units of programmes.
     *
     * @param string[] $programids CRM ids
     * @return \stdClass[]
     */
    public function units(array $programids): array {
        if (!$programids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($programids);
        return array_values($this->db->get_records_select(
            'local_mzi_units',
            "zoho_program_id $in AND deleted_at IS NULL",
            $parameters,
            'id',
            'id, zoho_unit_id, zoho_program_id, name, code, number, credit, level'
        ));
    }

    /**
     * Grades with the unit of their class.
     *
     * @param student $student
     * @return \stdClass[] grade, grade_status, unit_name, zoho_unit_id
     */
    public function grades(student $student): array {
        return array_values($this->db->get_records_sql(
            'SELECT g.id, g.grade, g.grade_status, g.unit_name, c.zoho_unit_id
               FROM {local_mzi_grades} g
          LEFT JOIN {local_mzi_classes} c ON c.zoho_class_id = g.zoho_class_id AND c.deleted_at IS NULL
              WHERE g.zoho_student_id = ? AND g.deleted_at IS NULL',
            [$student->zohoid]
        ));
    }
}
