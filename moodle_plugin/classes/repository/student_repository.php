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
 * Living records of local_mzi_students, as the pages want them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_repository {
    /** Columns of the value object. */
    private const COLUMNS = 'id, zoho_student_id, moodle_user_id, student_id, first_name, last_name, display_name,
                             academic_email, status, program_name';

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
     * A student by the id of the row.
     *
     * @param int $id
     * @return student|null
     */
    public function by_id(int $id): ?student {
        $row = $this->db->get_record_select('local_mzi_students', 'id = ? AND deleted_at IS NULL', [$id], self::COLUMNS);
        return $row ? student::from_row($row) : null;
    }

    /**
     * A student by the id of the CRM.
     *
     * @param string $zohoid
     * @return student|null
     */
    public function by_zoho_id(string $zohoid): ?student {
        $row = $this->db->get_record_select(
            'local_mzi_students',
            'zoho_student_id = ? AND deleted_at IS NULL',
            [$zohoid],
            self::COLUMNS
        );
        return $row ? student::from_row($row) : null;
    }

    /**
     * The records linked to a user.
     *
     * @param int $userid
     * @return student[] the newest first
     */
    public function of_user(int $userid): array {
        $rows = $this->db->get_records_select(
            'local_mzi_students',
            'moodle_user_id = ? AND deleted_at IS NULL',
            [$userid],
            'timecreated DESC, id DESC',
            self::COLUMNS
        );
        return array_map(student::from_row(...), array_values($rows));
    }

    /**
     * The student a request is about.
     *
     * @param int $requestid row of local_mzi_requests
     * @return student|null
     */
    public function of_request(int $requestid): ?student {
        $row = $this->db->get_record_sql(
            'SELECT s.*
               FROM {local_mzi_students} s
               JOIN {local_mzi_requests} r ON r.zoho_student_id = s.zoho_student_id
              WHERE r.id = ? AND r.deleted_at IS NULL AND s.deleted_at IS NULL',
            [$requestid]
        );
        return $row ? student::from_row($row) : null;
    }

    /**
     * Everything the CRM says about a student.
     *
     * @param student $student
     * @return \stdClass columns of the row
     */
    public function details(student $student): \stdClass {
        return $this->db->get_record('local_mzi_students', ['id' => $student->id], '*', MUST_EXIST);
    }
}
