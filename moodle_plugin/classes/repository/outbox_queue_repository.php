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

use local_mzi\local\composed;

/**
 * The outbox as the delivery sees it: what is due, what became of it, how much waits.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_queue_repository {
    /** Status of an event that the bridge has taken. */
    public const DELIVERED = 'delivered';

    /** Status of an event that is not for the CRM. */
    public const SKIPPED = 'skipped';

    /** Status of an event that can never be sent. */
    public const FAILED = 'failed';

    /** Table without prefix. */
    private const TABLE = 'local_mzi_outbox';

    /** Nothing that has an older event of its own record before it that waits. Takes queued2 and now2. */
    private const IN_ORDER = "NOT EXISTS (
                    SELECT 1
                      FROM {local_mzi_outbox} w
                     WHERE w.record_key = o.record_key AND w.status = :queued2 AND w.id < o.id AND w.next_attempt > :now2
                )";

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
     * What can be sent now, the oldest first: nothing that has an older event of its own record before it that waits.
     *
     * @param int $now epoch seconds
     * @param int $limit
     * @return array<int, \stdClass> by id
     */
    public function due(int $now, int $limit): array {
        return $this->db->get_records_sql(
            'SELECT o.*
               FROM {' . self::TABLE . '} o
              WHERE o.status = :queued1 AND o.next_attempt <= :now1
                AND ' . self::IN_ORDER . '
           ORDER BY o.id',
            ['queued1' => outbox_repository::QUEUED, 'queued2' => outbox_repository::QUEUED, 'now1' => $now, 'now2' => $now],
            0,
            $limit
        );
    }

    /**
     * Whether the link failed and its next try lies ahead. Until then nothing else is tried either.
     *
     * @param int $now epoch seconds
     * @return bool
     */
    public function is_link_waiting(int $now): bool {
        return $this->db->record_exists_select(
            self::TABLE,
            'status = ? AND next_attempt > ? AND http_status IS NOT NULL',
            [outbox_repository::QUEUED, $now]
        );
    }

    /**
     * Since when an event should have been sent that is not; what waits for something to come does not count.
     *
     * @param int $now epoch seconds
     * @return int|null epoch seconds, null if there is none
     */
    public function stuck_since(int $now): ?int {
        $tried = fn(int $n) => "(o.http_status IS NOT NULL OR o.last_error = :fault$n)";
        $since = $this->db->get_field_sql(
            "SELECT MIN(CASE WHEN {$tried(1)} THEN o.first_attempt ELSE o.next_attempt END)
               FROM {" . self::TABLE . "} o
              WHERE o.status = :queued1 AND ({$tried(2)} OR (o.next_attempt <= :now1 AND " . self::IN_ORDER . '))',
            ['queued1' => outbox_repository::QUEUED, 'queued2' => outbox_repository::QUEUED, 'now1' => $now, 'now2' => $now]
                + ['fault1' => composed::FAULT, 'fault2' => composed::FAULT]
        );
        return $since === null || $since === false ? null : (int) $since;
    }

    /**
     * Whether the site's own rules for outgoing connections keep events back.
     *
     * @return bool
     */
    public function is_blocked(): bool {
        return $this->db->record_exists(self::TABLE, ['status' => outbox_repository::QUEUED, 'last_error' => 'blocked']);
    }

    /**
     * Writes what became of events, by one statement.
     *
     * @param array<int, array> $changes columns and values by id
     * @param int $now epoch seconds
     */
    public function write(array $changes, int $now): void {
        if ($changes) {
            $this->writer->update(self::TABLE, $changes, ['timemodified' => $now]);
        }
    }

    /**
     * Deletes what is settled and older.
     *
     * @param int $time epoch seconds
     */
    public function prune(int $time): void {
        [$in, $parameters] = $this->db->get_in_or_equal([self::DELIVERED, self::SKIPPED, self::FAILED]);
        $this->db->delete_records_select(self::TABLE, "status $in AND timecreated < ?", [...$parameters, $time]);
    }

    /**
     * How much waits.
     *
     * @param int $now epoch seconds
     * @return int[] queued: not sent yet; waiting: those of them whose next try lies ahead; failed; oldest: when the
     *     oldest queued one was noted, 0 for none
     */
    public function counts(int $now): array {
        $row = $this->db->get_record_sql(
            'SELECT SUM(CASE WHEN status = :queued1 THEN 1 ELSE 0 END) AS queued,
                    SUM(CASE WHEN status = :queued2 AND next_attempt > :now THEN 1 ELSE 0 END) AS waiting,
                    SUM(CASE WHEN status = :failed1 THEN 1 ELSE 0 END) AS failed,
                    MIN(CASE WHEN status = :queued3 THEN timecreated ELSE NULL END) AS oldest
               FROM {' . self::TABLE . '}
              WHERE status IN (:queued4, :failed2)',
            [
                'queued1' => outbox_repository::QUEUED,
                'queued2' => outbox_repository::QUEUED,
                'queued3' => outbox_repository::QUEUED,
                'queued4' => outbox_repository::QUEUED,
                'failed1' => self::FAILED,
                'failed2' => self::FAILED,
                'now' => $now,
            ]
        );
        return array_map('intval', (array) $row);
    }

    /**
     * Queues events again, as if they had just happened. What can be put together anew is, under a new id: the bridge
     * takes another content under the old one for a mistake. An event that has nothing left to send stays as it is.
     *
     * @param int[]|null $ids null for all that failed
     * @param int $now epoch seconds
     * @return int how many
     */
    public function requeue(?array $ids, int $now): int {
        [$in, $parameters] = $ids === null
            ? ['= ?', [self::FAILED]]
            : $this->db->get_in_or_equal([self::FAILED, self::SKIPPED, self::DELIVERED]);
        [$which, $more] = $ids === null ? ['<> ?', [0]] : $this->db->get_in_or_equal($ids ?: [0]);
        $rows = $this->db->get_records_select(
            self::TABLE,
            "status $in AND id $which AND (payload IS NOT NULL OR reference IS NOT NULL)",
            [...$parameters, ...$more],
            'id',
            'id, event_id, reference'
        );
        $fresh = [
            'status' => outbox_repository::QUEUED,
            'attempts' => 0,
            'next_attempt' => $now,
            'first_attempt' => null,
            'delivered_at' => null,
            'last_error' => null,
            'http_status' => null,
        ];
        $this->write(array_map(
            fn(\stdClass $row) => $row->reference === null
                ? $fresh
                : ['event_id' => \core\uuid::generate(), 'payload' => null] + $fresh,
            $rows
        ), $now);
        return count($rows);
    }

    /**
     * What is not delivered, for a list without values.
     *
     * @return \stdClass[] id, event_type, status, attempts, next_attempt, last_error, http_status and timecreated
     */
    public function undelivered(): array {
        return $this->db->get_records_select(
            self::TABLE,
            'status IN (?, ?)',
            [outbox_repository::QUEUED, self::FAILED],
            'id',
            'id, event_type, status, attempts, next_attempt, last_error, http_status, timecreated'
        );
    }
}
