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

use local_mzi\repository\closings_repository;
use local_mzi\repository\sync_log_repository;
use local_mzi\service\brake;

/**
 * Deletes lines of the sync log that are older than the setting says, and closing changes that no longer count.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class prune_sync_log extends \core\task\scheduled_task {
    #[\Override]
    public function get_name(): string {
        return get_string('task_prune_sync_log', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        $now = \core\di::get(\core\clock::class)->time();
        \core\di::get(closings_repository::class)->delete_until($now - brake::WINDOW);
        $days = (int) get_config('local_mzi', 'synclogretention');
        if ($days <= 0) {
            mtrace('Retention is 0: no line of the sync log is deleted.');
            return;
        }
        \core\di::get(sync_log_repository::class)->delete_before($now - $days * DAYSECS);
    }
}
