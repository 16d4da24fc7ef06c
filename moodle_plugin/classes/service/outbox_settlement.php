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

namespace local_mzi\service;

use local_mzi\local\composed;
use local_mzi\local\delivery_count;
use local_mzi\local\event_type;
use local_mzi\local\posted;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\outbox_queue_repository;

/**
 * Writes what became of events. Reasons are words; no value and no answer's text is ever kept.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_settlement {
    /** An event that is settled for good keeps nothing of what it held. */
    private const ERASED = ['payload' => null];

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param outbox_queue_repository $queue
     * @param delivered_requests $requests
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var outbox_queue_repository the outbox */
        private readonly outbox_queue_repository $queue,
        /** @var delivered_requests shows of requests that they are sent */
        private readonly delivered_requests $requests,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * The bridge has said of each event whether it took it.
     *
     * @param \stdClass[] $rows
     * @param array<string, string|null> $settled by event id: null for taken, or why it never will be
     * @param int $status of HTTP
     * @param delivery_count $count
     */
    public function settle(array $rows, array $settled, int $status, delivery_count $count): void {
        $now = $this->clock->time();
        $changes = [];
        $requests = [];
        foreach ($rows as $row) {
            $reason = $settled[$row->event_id];
            $changes[$row->id] = ['attempts' => $row->attempts + 1, 'http_status' => $status, 'last_error' => $reason];
            if ($reason === null) {
                $changes[$row->id] += self::ERASED + ['status' => outbox_queue_repository::DELIVERED, 'delivered_at' => $now];
                $count->delivered++;
                if ($row->event_type === event_type::REQUEST_SUBMITTED->value) {
                    $requests[] = (int) substr($row->record_key, strlen('request:'));
                }
            } else {
                $changes[$row->id] += ['status' => outbox_queue_repository::FAILED];
                $count->failed++;
            }
        }
        $this->batch->run(function () use ($changes, $requests, $now): void {
            $this->queue->write($changes, $now);
            $this->requests->mark($requests);
        });
    }

    /**
     * The message has to be sent again.
     *
     * @param \stdClass[] $rows
     * @param posted $posted
     * @param string $reason
     * @param delivery_count $count
     */
    public function postpone(array $rows, posted $posted, string $reason, delivery_count $count): void {
        $now = $this->clock->time();
        $reason = $posted->status === 0 ? $reason : "$reason {$posted->status}";
        $common = ['http_status' => $posted->status, 'last_error' => $reason];
        $chance = random_int(0, 1000) / 1000;
        $changes = [];
        foreach ($rows as $row) {
            $changes[$row->id] = $common + $this->later($row, $now, $posted->retryafter, $chance, $count);
        }
        $this->queue->write($changes, $now);
    }

    /**
     * Events that cannot be put together: for good, or until something has come.
     *
     * @param array<int, \stdClass> $rows by id
     * @param array<int, composed> $outcomes by id
     * @param delivery_count $count
     */
    public function put_aside(array $rows, array $outcomes, delivery_count $count): void {
        $now = $this->clock->time();
        $changes = [];
        foreach ($rows as $id => $row) {
            $common = ['http_status' => null, 'last_error' => $outcomes[$id]->reason];
            if ($outcomes[$id]->final) {
                $count->skipped++;
                $changes[$id] = $common + self::ERASED
                    + ['status' => outbox_queue_repository::SKIPPED, 'delivered_at' => $now];
            } else {
                $chance = random_int(0, 1000) / 1000;
                $changes[$id] = $common + $this->later($row, $now, null, $chance, $count)
                    + ['first_attempt' => $row->first_attempt ?? $now];
            }
        }
        $this->queue->write($changes, $now);
    }

    /**
     * Another try, or the end.
     *
     * @param \stdClass $row
     * @param int $now epoch seconds
     * @param int|null $retryafter seconds
     * @param float $chance from 0 to 1
     * @param delivery_count $count
     * @return array columns and values
     */
    private function later(\stdClass $row, int $now, ?int $retryafter, float $chance, delivery_count $count): array {
        $attempts = $row->attempts + 1;
        if (outbox_backoff::is_over((int) ($row->first_attempt ?? $now), $attempts, $now)) {
            $count->failed++;
            return ['attempts' => $attempts, 'status' => outbox_queue_repository::FAILED];
        }
        $count->waiting++;
        return ['attempts' => $attempts, 'next_attempt' => outbox_backoff::next($attempts, $now, $retryafter, $chance)];
    }
}
