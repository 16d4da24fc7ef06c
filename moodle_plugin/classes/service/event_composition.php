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
use local_mzi\repository\outbox_queue_repository;
use local_mzi\service\payload\composed_payloads;

/**
 * Puts together what the bridge gets of events, and keeps it, so that each try sends the same.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_composition {
    /**
     * Constructor.
     *
     * @param composed_payloads $payloads
     * @param outbox_queue_repository $queue
     * @param outbox_settlement $settlement
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var composed_payloads the composers */
        private readonly composed_payloads $payloads,
        /** @var outbox_queue_repository the outbox */
        private readonly outbox_queue_repository $queue,
        /** @var outbox_settlement writes what became of events */
        private readonly outbox_settlement $settlement,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Those of the events that can be sent now. Behind one that waits no event of the same record is sent.
     *
     * @param array<int, \stdClass> $rows of the outbox, by id, in order
     * @param delivery_count $count
     * @return array<int, \stdClass> with their payload
     */
    public function compose(array $rows, delivery_count $count): array {
        $composed = $this->payloads->compose(array_filter(
            $rows,
            fn(\stdClass $row) => $row->payload === null || event_type::tryFrom($row->event_type) === null
        ));
        $waiting = [];
        $sent = [];
        $outcomes = [];
        foreach ($rows as $id => $row) {
            $one = $composed[$id] ?? null;
            if (isset($waiting[$row->record_key])) {
                continue;
            }
            if ($one !== null && $one->data === null) {
                $outcomes[$id] = $one;
                $waiting += $one->final ? [] : [$row->record_key => true];
                continue;
            }
            $row->payload ??= json_encode($one->data, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
            $sent[$id] = $row;
        }
        $this->freeze($sent, array_intersect_key($composed, $sent));
        $this->settlement->put_aside(array_intersect_key($rows, $outcomes), $outcomes, $count);
        return $sent;
    }

    /**
     * Keeps what is about to be sent.
     *
     * @param array<int, \stdClass> $rows
     * @param array<int, composed> $fresh what was put together just now
     */
    private function freeze(array $rows, array $fresh): void {
        $now = $this->clock->time();
        $changes = [];
        foreach ($rows as $id => $row) {
            if ($row->first_attempt === null || isset($fresh[$id])) {
                $row->first_attempt ??= $now;
                $changes[$id] = ['payload' => $row->payload, 'first_attempt' => $row->first_attempt];
            }
        }
        $this->queue->write($changes, $now);
    }
}
