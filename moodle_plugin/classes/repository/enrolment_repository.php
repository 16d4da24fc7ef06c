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

use local_mzi\local\enrolment_state;

/**
 * The places of students in classes beside the enrolments in courses.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class enrolment_repository {
    /** The table of places. */
    private const TABLE = 'local_mzi_enrollments';

    /** Enrolments of students by the method of enrol_mzi. */
    private const OURS = "{user_enrolments} ue
               JOIN {enrol} e ON e.id = ue.enrolid AND e.enrol = 'mzi' AND e.customchar1 = 'local_mzi'";

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
     * Marks places as to be looked at.
     *
     * @param string $column zoho_enrollment_id, zoho_student_id or zoho_class_id
     * @param string[] $zohoids
     */
    public function mark_due(string $column, array $zohoids): void {
        if ($zohoids) {
            [$in, $parameters] = $this->db->get_in_or_equal(array_values($zohoids));
            $due = enrolment_state::DUE->value;
            $this->db->set_field_select(self::TABLE, 'moodle_enrolment_state', $due, "$column $in", $parameters);
        }
    }

    /**
     * Places to be looked at.
     *
     * @param int $limit
     * @return int[] local ids
     */
    public function due(int $limit): array {
        return $this->ids('moodle_enrolment_state = ?', [enrolment_state::DUE->value], $limit);
    }

    /**
     * Places whose end is held.
     *
     * @return int[] local ids
     */
    public function held(): array {
        return $this->ids('moodle_enrolment_state = ?', [enrolment_state::HELD->value]);
    }

    /**
     * All places, tombstones too.
     *
     * @param int $after local id to begin behind
     * @param int $limit
     * @return int[] local ids
     */
    public function page(int $after, int $limit): array {
        return $this->ids('id > ?', [$after], $limit);
    }

    /**
     * The places of all users whom some places have to do with: whose they are to be, or whose enrolment they made.
     *
     * @param int[] $ids local ids
     * @return int[] local ids, those of the call among them
     */
    public function with_siblings(array $ids): array {
        [$in, $parameters] = $this->db->get_in_or_equal($ids, SQL_PARAMS_NAMED, 'first');
        [$again, $others] = $this->db->get_in_or_equal($ids, SQL_PARAMS_NAMED, 'second');
        $users = $this->db->get_fieldset_sql(
            "SELECT s.moodle_user_id
               FROM {" . self::TABLE . "} p
               JOIN {local_mzi_students} s ON s.zoho_student_id = p.zoho_student_id AND s.moodle_user_id IS NOT NULL
              WHERE p.id $in
              UNION
             SELECT ue.userid
               FROM {" . self::TABLE . "} p
               JOIN {user_enrolments} ue ON ue.id = p.moodle_user_enrolment_id
              WHERE p.id $again",
            $parameters + $others
        );
        return array_values(array_unique([...array_map('intval', $ids), ...$this->of_users($users)]));
    }

    /**
     * The places of users.
     *
     * @param int[] $userids
     * @return int[] local ids
     */
    private function of_users(array $userids): array {
        if (!$userids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($userids, SQL_PARAMS_NAMED, 'first');
        [$again, $others] = $this->db->get_in_or_equal($userids, SQL_PARAMS_NAMED, 'second');
        return array_map('intval', $this->db->get_fieldset_sql(
            "SELECT p.id
               FROM {" . self::TABLE . "} p
               JOIN {local_mzi_students} s ON s.zoho_student_id = p.zoho_student_id
              WHERE s.moodle_user_id $in
              UNION
             SELECT p.id
               FROM {" . self::TABLE . "} p
               JOIN {user_enrolments} ue ON ue.id = p.moodle_user_enrolment_id
              WHERE ue.userid $again",
            $parameters + $others
        ));
    }

    /**
     * Locks places until the transaction ends, in the order of their ids as writes of the bridge do.
     *
     * @param int[] $ids local ids
     */
    public function lock(array $ids): void {
        [$in, $parameters] = $this->db->get_in_or_equal($ids);
        $this->db->get_records_sql('SELECT id FROM {' . self::TABLE . "} WHERE id $in ORDER BY id FOR UPDATE", $parameters);
    }

    /**
     * All that decides about places, by one statement.
     *
     * A course is the one that the CRM names, or else the one made for the class, if it is ready.
     *
     * @param int[] $ids local ids
     * @return array<int, \stdClass> by local id
     */
    public function facts(array $ids): array {
        if (!$ids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($ids, SQL_PARAMS_NAMED);
        return $this->db->get_records_sql(
            "SELECT p.id, p.zoho_enrollment_id, p.start_date, p.end_date, p.deleted_at,
                    p.moodle_enrolment_state AS state, p.moodle_user_enrolment_id AS ueid,
                    s.status AS student_status, s.deleted_at AS student_deleted, u.id AS userid,
                    c.status AS class_status, c.deleted_at AS class_deleted, co.id AS courseid
               FROM {" . self::TABLE . "} p
          LEFT JOIN {local_mzi_students} s ON s.zoho_student_id = p.zoho_student_id
          LEFT JOIN {user} u ON u.id = s.moodle_user_id AND u.deleted = 0
          LEFT JOIN {local_mzi_classes} c ON c.zoho_class_id = p.zoho_class_id
          LEFT JOIN {local_mzi_class_courses} m ON m.zoho_class_id = c.zoho_class_id AND m.state = 'ready'
          LEFT JOIN {course} co ON co.id = COALESCE(c.moodle_course_id, m.courseid) AND co.id <> :site
              WHERE p.id $in
           ORDER BY p.id",
            $parameters + ['site' => SITEID]
        );
    }

    /**
     * The enrolments of users by our method.
     *
     * @param int[] $userids
     * @param int $roleid the role that belongs to it
     * @return array<int, \stdClass> id, enrolid, userid, courseid, status, timestart, timeend and hasrole, by id
     */
    public function actuals(array $userids, int $roleid): array {
        if (!$userids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($userids, SQL_PARAMS_NAMED);
        return $this->db->get_records_sql(
            "SELECT ue.id, ue.enrolid, ue.userid, e.courseid, ue.status, ue.timestart, ue.timeend,
                    CASE WHEN EXISTS (SELECT 1
                                        FROM {role_assignments} ra
                                        JOIN {context} x ON x.id = ra.contextid AND x.contextlevel = :level
                                       WHERE x.instanceid = e.courseid AND ra.userid = ue.userid AND ra.roleid = :role
                                         AND ra.component = 'enrol_mzi' AND ra.itemid = e.id) THEN 1 ELSE 0 END AS hasrole
               FROM " . self::OURS . "
              WHERE ue.userid $in
           ORDER BY ue.id",
            $parameters + ['level' => CONTEXT_COURSE, 'role' => $roleid]
        );
    }

    /**
     * Users who are, or to whom belong, enrolments of places.
     *
     * @param array<int, \stdClass> $facts
     * @return int[]
     */
    public function users(array $facts): array {
        $ueids = array_filter(array_map(fn(\stdClass $fact) => (int) $fact->ueid, $facts));
        $owners = $ueids ? $this->db->get_records_list('user_enrolments', 'id', array_unique($ueids), '', 'id, userid') : [];
        $named = array_filter(array_map(fn(\stdClass $fact) => (int) $fact->userid, $facts));
        return array_values(array_unique([...$named, ...array_map(fn($row) => (int) $row->userid, $owners)]));
    }

    /**
     * Writes what became of places, by one statement.
     *
     * @param array<int, array{0: enrolment_state, 1: int|null}> $notes state and id of the enrolment by local id
     */
    public function note(array $notes): void {
        $this->writer->update(self::TABLE, array_map(
            fn(array $note) => ['moodle_enrolment_state' => $note[0]->value, 'moodle_user_enrolment_id' => $note[1]],
            $notes
        ));
    }

    /**
     * How many places there are in each state; tombstones count.
     *
     * @return array<string, int>
     */
    public function counts(): array {
        return array_map('intval', $this->db->get_records_sql_menu(
            'SELECT moodle_enrolment_state, COUNT(id) FROM {' . self::TABLE . '}
              WHERE moodle_enrolment_state IS NOT NULL GROUP BY moodle_enrolment_state'
        ));
    }

    /**
     * Whether there is any place that is not deleted.
     *
     * @return bool
     */
    public function has_living(): bool {
        return $this->db->record_exists_select(self::TABLE, 'deleted_at IS NULL');
    }

    /**
     * Whether no place is left though students are in courses because of one.
     *
     * @return bool
     */
    public function is_emptied(): bool {
        return !$this->has_living() && $this->count_active() > 0;
    }

    /**
     * How many are in courses by our method, and not suspended.
     *
     * @return int
     */
    public function count_active(): int {
        $sql = 'SELECT COUNT(ue.id) FROM ' . self::OURS . ' WHERE ue.status = ?';
        return $this->db->count_records_sql($sql, [ENROL_USER_ACTIVE]);
    }

    /**
     * Local ids of places.
     *
     * @param string $select
     * @param array $parameters
     * @param int $limit
     * @return int[] in order
     */
    private function ids(string $select, array $parameters, int $limit = 0): array {
        $rows = $this->db->get_records_select(self::TABLE, $select, $parameters, 'id', 'id', 0, $limit);
        return array_map('intval', array_keys($rows));
    }
}
