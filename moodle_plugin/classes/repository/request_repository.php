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

use local_mzi\local\request_status;
use local_mzi\local\student;

/**
 * Requests as students make and see them. What the CRM says of them is written by the entity's own repository.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_repository {
    /** Table without prefix. */
    private const TABLE = 'local_mzi_requests';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param bulk_writer $writer
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var bulk_writer writes many rows by one statement */
        private readonly bulk_writer $writer,
    ) {
    }

    /**
     * Lets one submission of a student run at a time, until the transaction ends.
     *
     * @param student $student
     */
    public function take_turns(student $student): void {
        $this->db->get_records_sql('SELECT id FROM {local_mzi_students} WHERE id = ? FOR UPDATE', [$student->id]);
    }

    /**
     * The request that a form was stored as.
     *
     * @param string $submissionkey
     * @return \stdClass|null with id and request_number
     */
    public function of_key(string $submissionkey): ?\stdClass {
        return $this->db->get_record(self::TABLE, ['submission_key' => $submissionkey], 'id, request_number') ?: null;
    }

    /**
     * A request of equal content that was made here not long ago and that nobody has decided.
     *
     * @param student $student
     * @param string $fingerprint
     * @param int $since epoch seconds
     * @return \stdClass|null with id and request_number
     */
    public function twin(student $student, string $fingerprint, int $since): ?\stdClass {
        [$in, $states] = $this->db->get_in_or_equal(request_status::undecided(), SQL_PARAMS_NAMED);
        $rows = $this->db->get_records_select(
            self::TABLE,
            "zoho_student_id = :student AND fingerprint = :fingerprint AND timesubmitted >= :since
                AND status $in AND deleted_at IS NULL",
            ['student' => $student->zohoid, 'fingerprint' => $fingerprint, 'since' => $since] + $states,
            'id',
            'id, request_number',
            0,
            1
        );
        return reset($rows) ?: null;
    }

    /**
     * How many requests a student has made here since a time.
     *
     * @param student $student
     * @param int $since epoch seconds
     * @return int
     */
    public function count_made(student $student, int $since): int {
        return $this->db->count_records_select(
            self::TABLE,
            'zoho_student_id = ? AND timesubmitted >= ?',
            [$student->zohoid, $since]
        );
    }

    /**
     * Inserts a request made here and gives it its number, which no other has.
     *
     * @param array $row
     * @return \stdClass with id and request_number
     */
    public function insert(array $row): \stdClass {
        $id = $this->db->insert_record(self::TABLE, $row);
        $number = self::number($id);
        $this->db->set_field(self::TABLE, 'request_number', $number, ['id' => $id]);
        return (object) ['id' => $id, 'request_number' => $number];
    }

    /**
     * The number of a request made here.
     *
     * @param int $id local id
     * @return string
     */
    private static function number(int $id): string {
        return sprintf('M-%06d', $id);
    }

    /**
     * Requests made here whose CRM id is not known yet.
     *
     * @param string[] $numbers
     * @return \stdClass[] with id, request_number, zoho_student_id and moodle_user_id
     */
    public function unconfirmed(array $numbers): array {
        [$in, $parameters] = $this->db->get_in_or_equal($numbers);
        return $this->db->get_records_select(
            self::TABLE,
            "request_number $in AND zoho_request_id IS NULL",
            $parameters,
            'id',
            'id, request_number, zoho_student_id, moodle_user_id'
        );
    }

    /**
     * Requests made here, locked until the transaction ends.
     *
     * @param string[] $numbers
     * @return array<string, \stdClass> id, request_number, zoho_student_id and zoho_request_id by number
     */
    public function lock_numbered(array $numbers): array {
        [$in, $parameters] = $this->db->get_in_or_equal($numbers);
        $rows = $this->db->get_records_sql(
            'SELECT id, request_number, zoho_student_id, zoho_request_id
               FROM {' . self::TABLE . "}
              WHERE request_number $in
           ORDER BY id FOR UPDATE",
            $parameters
        );
        return array_column($rows, null, 'request_number');
    }

    /**
     * Which of these requests nobody has taken over yet; they are locked until the transaction ends.
     *
     * @param int[] $ids local ids
     * @return int[] local ids
     */
    public function lock_queued(array $ids): array {
        if (!$ids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($ids);
        $rows = $this->db->get_records_sql(
            'SELECT id, status FROM {' . self::TABLE . "} WHERE id $in ORDER BY id FOR UPDATE",
            $parameters
        );
        $queued = array_filter($rows, fn(\stdClass $row) => $row->status === request_status::QUEUED->value);
        return array_map('intval', array_keys($queued));
    }

    /**
     * Says of requests that they are sent.
     *
     * @param int[] $ids local ids
     * @param int $now epoch seconds
     */
    public function set_sent(array $ids, int $now): void {
        $values = ['status' => request_status::SENT->value, 'timemodified' => $now];
        $this->writer->update(self::TABLE, array_fill_keys($ids, $values));
    }

    /**
     * Which of these CRM ids have a row.
     *
     * @param string[] $zohoids
     * @return array<string, int> local ids by folded CRM id
     */
    public function local_ids(array $zohoids): array {
        $found = [];
        $rows = $zohoids ? $this->db->get_records_list(self::TABLE, 'zoho_request_id', $zohoids, '', 'id, zoho_request_id') : [];
        foreach ($rows as $row) {
            $found[entity_repository::fold($row->zoho_request_id)] = (int) $row->id;
        }
        return $found;
    }

    /**
     * Tells requests made here what the CRM calls them.
     *
     * @param array<int, string> $zohoids by local id
     */
    public function confirm(array $zohoids): void {
        $this->writer->update(self::TABLE, array_map(fn(string $zohoid) => ['zoho_request_id' => $zohoid], $zohoids));
    }

    /**
     * The living requests of a student, the newest first.
     *
     * A request that names no student in the CRM, but the Moodle user, is among them.
     *
     * @param student $student
     * @return \stdClass[] by local id
     */
    public function of_student(student $student): array {
        return $this->db->get_records_select(
            self::TABLE,
            'deleted_at IS NULL AND (zoho_student_id = ? OR (zoho_student_id IS NULL AND moodle_user_id = ?))',
            [$student->zohoid, $student->userid],
            'COALESCE(timesubmitted, modified_time) DESC, id DESC'
        );
    }
}
