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
 * Living registrations and payments, as the pages want them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class finance_repository {
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
     * The registrations of a student, by two statements however many there are.
     *
     * @param student $student
     * @return \stdClass[] rows, the newest first, each with the rows of its instalments in `installments` and the name
     *     of the programme's own record in `programme`, which may be null
     */
    public function registrations(student $student): array {
        $registrations = [];
        $rows = $this->db->get_records_sql(
            "SELECT r.*, p.name AS programme
               FROM {local_mzi_registrations} r
          LEFT JOIN {local_mzi_programs} p ON p.zoho_program_id = r.zoho_program_id AND p.deleted_at IS NULL
              WHERE r.zoho_student_id = ? AND r.deleted_at IS NULL
           ORDER BY COALESCE(r.registration_date, '') DESC, r.id DESC",
            [$student->zohoid]
        );
        foreach ($rows as $row) {
            $row->installments = [];
            $registrations[entity_repository::fold($row->zoho_registration_id)] = $row;
        }
        $installments = $this->db->get_records_sql(
            'SELECT i.*
               FROM {local_mzi_installments} i
               JOIN {local_mzi_registrations} r ON r.zoho_registration_id = i.zoho_registration_id
              WHERE r.zoho_student_id = ? AND r.deleted_at IS NULL
           ORDER BY i.sortorder, i.id',
            [$student->zohoid]
        );
        foreach ($installments as $row) {
            $registrations[entity_repository::fold($row->zoho_registration_id)]->installments[] = $row;
        }
        return array_values($registrations);
    }

    /**
     * The payments of a student, whatever their status.
     *
     * @param student $student
     * @return \stdClass[] rows, the newest first
     */
    public function payments(student $student): array {
        return array_values($this->db->get_records_select(
            'local_mzi_payments',
            'zoho_student_id = ? AND deleted_at IS NULL',
            [$student->zohoid],
            "COALESCE(payment_date, '') DESC, id DESC"
        ));
    }

    /**
     * One payment, with the number and programme of its registration.
     *
     * @param int $id of the row
     * @return \stdClass|null row with registration_number and program_name, which may be null
     */
    public function payment(int $id): ?\stdClass {
        return $this->db->get_record_sql(
            'SELECT p.*, r.registration_number, COALESCE(r.program_name, g.name) AS program_name
               FROM {local_mzi_payments} p
          LEFT JOIN {local_mzi_registrations} r ON r.zoho_registration_id = p.zoho_registration_id
                    AND r.zoho_student_id = p.zoho_student_id AND r.deleted_at IS NULL
          LEFT JOIN {local_mzi_programs} g ON g.zoho_program_id = r.zoho_program_id AND g.deleted_at IS NULL
              WHERE p.id = ? AND p.deleted_at IS NULL',
            [$id]
        ) ?: null;
    }
}
