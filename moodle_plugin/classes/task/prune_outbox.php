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

use local_mzi\local\outbox_settings;
use local_mzi\repository\outbox_queue_repository;

/**
 * Deletes events that were settled longer ago than the setting says. What is not sent yet stays.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class prune_outbox extends \core\task\scheduled_task {
    #[\Override]
    public function get_name(): string {
        return get_string('task_prune_outbox', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        $days = outbox_settings::retention();
        if ($days <= 0) {
            mtrace('Retention is 0: no event is deleted.');
            return;
        }
        $now = \core\di::get(\core\clock::class)->time();
        \core\di::get(outbox_queue_repository::class)->prune($now - $days * DAYSECS);
    }
}
