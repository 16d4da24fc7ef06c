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

use local_mzi\entity\user_link;

/**
 * Students who are not linked to a Moodle user, but for those of whom a person decided.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class student_link_repository {
    /** The table. */
    private const TABLE = 'local_mzi_students';

    /** Who counts. */
    private const UNLINKED = user_link::COLUMN . ' IS NULL AND deleted_at IS NULL AND COALESCE(link_by_hand, 0) = 0';

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
     * All of them.
     *
     * @param int $after local id to begin behind
     * @param int $limit
     * @return int[] local ids, in order
     */
    public function page(int $after, int $limit): array {
        $select = self::UNLINKED . ' AND id > ?';
        $rows = $this->db->get_records_select(self::TABLE, $select, [$after], 'id', 'id', 0, $limit);
        return array_map('intval', array_keys($rows));
    }

    /**
     * Those who may be one of some users.
     *
     * @param int[] $userids
     * @return int[] local ids
     */
    public function like(array $userids): array {
        if (!$userids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($userids);
        return array_map('intval', $this->db->get_fieldset_sql(
            'SELECT DISTINCT s.id
               FROM {' . self::TABLE . "} s
               JOIN {user} u ON u.id $in
                AND ((u.idnumber <> '' AND s.student_id = u.idnumber)
                  OR LOWER(s.academic_email) = u.username OR LOWER(s.academic_email) = LOWER(u.email))
              WHERE s." . user_link::COLUMN . ' IS NULL AND s.deleted_at IS NULL AND COALESCE(s.link_by_hand, 0) = 0',
            $parameters
        ));
    }

    /**
     * Those of some students who are not linked yet, locked until the transaction ends.
     *
     * @param int[] $ids local ids
     * @return array<int, \stdClass> by local id
     */
    public function lock(array $ids): array {
        if (!$ids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($ids);
        return $this->db->get_records_sql(
            'SELECT id, zoho_student_id, student_id, academic_email, first_name, last_name, display_name, status
               FROM {' . self::TABLE . "}
              WHERE id $in AND " . self::UNLINKED . '
           ORDER BY id FOR UPDATE',
            $parameters
        );
    }

    /**
     * Links students.
     *
     * @param array<int, int> $users user ids by local id
     */
    public function link(array $users): void {
        $this->writer->update(self::TABLE, array_map(fn(int $userid) => [user_link::COLUMN => $userid], $users));
    }

    /**
     * Which of some students have a place in a class that is not deleted.
     *
     * @param string[] $zohoids
     * @return string[] CRM ids
     */
    public function placed(array $zohoids): array {
        if (!$zohoids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($zohoids);
        return $this->db->get_fieldset_sql(
            "SELECT DISTINCT zoho_student_id FROM {local_mzi_enrollments} WHERE zoho_student_id $in AND deleted_at IS NULL",
            $parameters
        );
    }

    /**
     * Whether anybody has an address, in whatever way: also users who are deleted, suspended or of another host.
     *
     * @param string $address in lower case
     * @param string $idnumber
     * @return bool
     */
    public function is_taken(string $address, string $idnumber): bool {
        return $this->db->record_exists_select(
            'user',
            "username = :name OR LOWER(email) = :address OR (idnumber = :number AND idnumber <> '')",
            ['name' => $address, 'address' => $address, 'number' => $idnumber]
        );
    }
}
