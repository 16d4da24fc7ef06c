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
 * Who students are in Moodle, as people decide it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class hand_link_repository {
    /** The table. */
    private const TABLE = 'local_mzi_students';

    /** What is shown of a student. */
    private const COLUMNS = 'id, zoho_student_id, student_id, display_name, first_name, last_name, academic_email, status, '
        . 'moodle_user_id, link_by_hand, deleted_at';

    /** Students whom nobody is in Moodle. */
    private const UNLINKED = user_link::COLUMN . ' IS NULL AND deleted_at IS NULL';

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
     * How many students have no user.
     *
     * @return int
     */
    public function count_unlinked(): int {
        return $this->db->count_records_select(self::TABLE, self::UNLINKED);
    }

    /**
     * Students without a user, the newest first.
     *
     * @param int $offset
     * @param int $limit
     * @return \stdClass[]
     */
    public function unlinked(int $offset, int $limit): array {
        $rows = $this->db->get_records_select(self::TABLE, self::UNLINKED, [], 'id DESC', self::COLUMNS, $offset, $limit);
        return array_values($rows);
    }

    /**
     * Students of whom a person decided who they are, the newest first.
     *
     * @param int $limit
     * @return \stdClass[]
     */
    public function decided(int $limit): array {
        $rows = $this->db->get_records_select(
            self::TABLE,
            'link_by_hand = 1 AND deleted_at IS NULL',
            [],
            'id DESC',
            self::COLUMNS,
            0,
            $limit
        );
        return array_values($rows);
    }

    /**
     * A living student.
     *
     * @param int $id local id
     * @return \stdClass|null
     */
    public function find(int $id): ?\stdClass {
        return $this->db->get_record_select(self::TABLE, 'id = ? AND deleted_at IS NULL', [$id], self::COLUMNS) ?: null;
    }

    /**
     * The living student with a student number or a CRM id.
     *
     * @param string $number
     * @return int|null local id; null if there is none, or more than one
     */
    public function numbered(string $number): ?int {
        $found = $this->db->get_fieldset_select(
            self::TABLE,
            'id',
            '(student_id = ? OR zoho_student_id = ?) AND deleted_at IS NULL',
            [$number, $number]
        );
        return count($found) === 1 ? (int) $found[0] : null;
    }

    /**
     * A living student, locked until the transaction ends.
     *
     * @param int $id local id
     * @return \stdClass|null
     */
    public function lock(int $id): ?\stdClass {
        $rows = $this->db->get_records_sql(
            'SELECT ' . self::COLUMNS . ' FROM {' . self::TABLE . '} WHERE id = ? AND deleted_at IS NULL FOR UPDATE',
            [$id]
        );
        return $rows[$id] ?? null;
    }

    /**
     * Writes who a student is.
     *
     * @param int $id local id
     * @param int|null $userid
     * @param bool $byhand whether only a person may change it
     * @param int $now epoch seconds
     */
    public function write(int $id, ?int $userid, bool $byhand, int $now): void {
        $this->db->update_record(self::TABLE, [
            'id' => $id,
            user_link::COLUMN => $userid,
            'link_by_hand' => (int) $byhand,
            'timemodified' => $now,
        ]);
    }

    /**
     * How many other living students some users are.
     *
     * @param int[] $userids
     * @return array<int, int> numbers by user id
     */
    public function students_of(array $userids): array {
        if (!$userids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($userids);
        $numbers = $this->db->get_records_sql_menu(
            'SELECT moodle_user_id, COUNT(*) FROM {' . self::TABLE . "}
              WHERE moodle_user_id $in AND deleted_at IS NULL GROUP BY moodle_user_id",
            $parameters
        );
        return array_map('intval', $numbers);
    }

    /**
     * Users who can log in and fit words.
     *
     * @param string[] $words each must be part of a name, user name or ID number, or of the e-mail address
     * @param bool $identity whether e-mail address and ID number may be looked at
     * @param int $limit
     * @return \stdClass[] id, names, username, email and idnumber
     */
    public function users(array $words, bool $identity, int $limit): array {
        global $CFG;
        $columns = ['firstname', 'lastname', 'username', ...($identity ? ['email', 'idnumber'] : [])];
        $where = ['deleted = 0 AND suspended = 0 AND confirmed = 1 AND mnethostid = :host AND id <> :guest'];
        $parameters = ['host' => $CFG->mnet_localhost_id, 'guest' => $CFG->siteguest];
        foreach (array_values($words) as $index => $word) {
            $likes = [];
            foreach ($columns as $column) {
                $likes[] = $this->db->sql_like($column, ":$column$index", false, false);
                $parameters["$column$index"] = '%' . $this->db->sql_like_escape($word) . '%';
            }
            $where[] = '(' . implode(' OR ', $likes) . ')';
        }
        $names = implode(', ', \core_user\fields::get_name_fields());
        return array_values($this->db->get_records_select(
            'user',
            implode(' AND ', $where),
            $parameters,
            'lastname, firstname, id',
            "id, $names, username, email, idnumber",
            0,
            $limit
        ));
    }
}
