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

use local_mzi\local\bridge_settings;
use local_mzi\repository\outbox_queue_repository;

/**
 * Has the outbox delivered whenever something is due. Cron runs what is queued here in the same run.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class queue_deliveries extends \core\task\scheduled_task {
    #[\Override]
    public function get_name(): string {
        return get_string('task_queue_deliveries', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        $now = \core\di::get(\core\clock::class)->time();
        if (bridge_settings::is_on() && \core\di::get(outbox_queue_repository::class)->due($now, 1)) {
            \core\task\manager::queue_adhoc_task(new deliver_events(), true);
        }
    }
}
