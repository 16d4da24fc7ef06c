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

namespace local_mzi\task;

use local_mzi\repository\outbox_queue_repository;
use local_mzi\service\outbox_delivery;

/**
 * Carries the outbox to the bridge. A link that is down is no fault of the task: the outbox has a backoff of its own.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class deliver_events extends \core\task\adhoc_task {
    /** Most seconds of a run. */
    private const SECONDS = 300;

    #[\Override]
    public function get_name(): string {
        return get_string('task_deliver_events', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        $clock = \core\di::get(\core\clock::class);
        try {
            $count = \core\di::get(outbox_delivery::class)->deliver($clock->time() + self::SECONDS);
        } catch (\moodle_exception $exception) {
            if (!str_starts_with($exception->errorcode, 'outbox_')) {
                throw $exception;
            }
            mtrace($exception->getMessage());
            return;
        }
        mtrace("Delivered {$count->delivered}, skipped {$count->skipped}, waiting {$count->waiting}, " .
            "failed {$count->failed}, posts {$count->posts}" . ($count->fault === null ? '' : ", stopped: {$count->fault}"));
        if ($count->fault === null && \core\di::get(outbox_queue_repository::class)->due($clock->time(), 1)) {
            \core\task\manager::queue_adhoc_task(new self(), true);
        }
    }
}
