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

use local_mzi\local\delivery_count;
use local_mzi\local\delivery_verdict;
use local_mzi\repository\outbox_queue_repository;

/**
 * Carries the outbox to the bridge: in order, one deliverer at a time, and one try alone while the link is down.
 *
 * What is killed on its way is sent again, in the same bytes under the same id; the bridge takes it once.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_delivery {
    /** Most events of a message. */
    private const EVENTS = 100;

    /**
     * Constructor.
     *
     * @param outbox_queue_repository $queue
     * @param event_composition $composition
     * @param event_messages $messages
     * @param bridge_post $bridge
     * @param outbox_settlement $settlement
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var outbox_queue_repository what is due */
        private readonly outbox_queue_repository $queue,
        /** @var event_composition puts together what the bridge gets */
        private readonly event_composition $composition,
        /** @var event_messages messages of events */
        private readonly event_messages $messages,
        /** @var bridge_post the way to the bridge */
        private readonly bridge_post $bridge,
        /** @var outbox_settlement writes what became of events */
        private readonly outbox_settlement $settlement,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Sends what is due. Another delivery that runs already is left to do it.
     *
     * @param int $until when to stop, epoch seconds
     * @return delivery_count
     * @throws \moodle_exception outbox_noaddress, outbox_badaddress, outbox_othersite, outbox_nokey
     */
    public function deliver(int $until): delivery_count {
        $count = new delivery_count();
        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_outbox')->get_lock('delivery', 0);
        if (!$lock) {
            $count->fault = 'busy';
            return $count;
        }
        try {
            $this->messages->require_link();
            while ($count->fault === null && $this->clock->time() < $until && $this->portion($count)) {
                continue;
            }
        } finally {
            $lock->release();
        }
        return $count;
    }

    /**
     * Sends one portion of what is due.
     *
     * @param delivery_count $count
     * @return bool false when nothing is due
     */
    private function portion(delivery_count $count): bool {
        $now = $this->clock->time();
        if ($this->queue->is_link_waiting($now)) {
            return false;
        }
        $due = $this->queue->due($now, self::EVENTS);
        foreach ($this->messages->runs($this->composition->compose($due, $count)) as $run) {
            if ($count->fault !== null) {
                break;
            }
            $this->send($run, $count);
        }
        return (bool) $due;
    }

    /**
     * Sends one message, or its halves if the bridge does not take it whole.
     *
     * @param \stdClass[] $rows
     * @param delivery_count $count
     */
    private function send(array $rows, delivery_count $count): void {
        $message = $this->messages->message($rows);
        $posted = $this->bridge->post($message->url, $message->headers, $message->body);
        $count->posts++;
        $verdict = delivery_verdict::of($posted, array_column($rows, 'event_id'));
        if ($verdict->split) {
            foreach (array_chunk($rows, (int) ceil(count($rows) / 2)) as $half) {
                if ($count->fault === null) {
                    $this->send($half, $count);
                }
            }
        } else if ($verdict->fault !== null) {
            $count->fault = $verdict->fault;
            $this->settlement->postpone($rows, $posted, $verdict->fault, $count);
        } else {
            $this->settlement->settle($rows, $verdict->settled, $posted->status, $count);
        }
    }
}
