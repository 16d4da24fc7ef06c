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

use local_mzi\event\outbox_retried;
use local_mzi\repository\outbox_queue_repository;
use local_mzi\task\deliver_events;

/**
 * Queues events for the bridge again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_retry {
    /**
     * Constructor.
     *
     * @param outbox_queue_repository $queue
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var outbox_queue_repository the outbox */
        private readonly outbox_queue_repository $queue,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Queues one event again, or all that failed, and has them carried at the next run of cron.
     *
     * @param int|null $id null for all that failed
     * @return int how many
     */
    public function retry(?int $id): int {
        $count = $this->queue->requeue($id === null ? null : [$id], $this->clock->time());
        if ($count > 0) {
            outbox_retried::of($id, $count)->trigger();
            \core\task\manager::queue_adhoc_task(new deliver_events(), true);
        }
        return $count;
    }
}
