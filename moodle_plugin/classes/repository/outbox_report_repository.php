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
 * The outbox as those who manage the plugin see it: numbers, reasons and what failed, no values.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_report_repository {
    /** Table without prefix. */
    private const TABLE = 'local_mzi_outbox';

    /** What is settled well: the bridge has it, or it is not for the CRM. */
    public const SETTLED = [outbox_queue_repository::DELIVERED, outbox_queue_repository::SKIPPED];

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
     * How many events the bridge took since some times.
     *
     * @param int[] $times epoch seconds
     * @return int[] under the keys of the times
     */
    public function delivered_since(array $times): array {
        return array_map(fn(int $time) => $this->db->count_records_select(
            self::TABLE,
            'status = ? AND delivered_at >= ?',
            [outbox_queue_repository::DELIVERED, $time]
        ), $times);
    }

    /**
     * Why events wait or failed, the latest reason first.
     *
     * @param int $limit
     * @return \stdClass[] last_error, number and latest
     */
    public function reasons(int $limit): array {
        return array_values($this->db->get_records_sql(
            'SELECT last_error, COUNT(*) AS number, MAX(timemodified) AS latest
               FROM {' . self::TABLE . '}
              WHERE status IN (?, ?) AND last_error IS NOT NULL
           GROUP BY last_error
           ORDER BY latest DESC, last_error',
            [outbox_repository::QUEUED, outbox_queue_repository::FAILED],
            0,
            $limit
        ));
    }

    /**
     * Events that failed, the newest first.
     *
     * @param int $limit
     * @return \stdClass[] id, event_type, attempts, last_error and timemodified
     */
    public function failed(int $limit): array {
        return array_values($this->db->get_records(
            self::TABLE,
            ['status' => outbox_queue_repository::FAILED],
            'id DESC',
            'id, event_type, attempts, last_error, timemodified',
            0,
            $limit
        ));
    }

    /**
     * An event.
     *
     * @param int $id
     * @return \stdClass|null
     */
    public function find(int $id): ?\stdClass {
        return $this->db->get_record(self::TABLE, ['id' => $id]) ?: null;
    }

    /**
     * How many settled events are older.
     *
     * @param int $time epoch seconds
     * @return int
     */
    public function count_settled_before(int $time): int {
        [$where, $parameters] = $this->settled_before($time);
        return $this->db->count_records_select(self::TABLE, $where, $parameters);
    }

    /**
     * Deletes settled events that are older. What waits or failed stays.
     *
     * @param int $time epoch seconds
     */
    public function delete_settled_before(int $time): void {
        [$where, $parameters] = $this->settled_before($time);
        $this->db->delete_records_select(self::TABLE, $where, $parameters);
    }

    /**
     * Settled events that are older.
     *
     * @param int $time epoch seconds
     * @return array condition and parameters
     */
    private function settled_before(int $time): array {
        [$in, $parameters] = $this->db->get_in_or_equal(self::SETTLED);
        return ["status $in AND timecreated < ?", [...$parameters, $time]];
    }
}
