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

namespace local_mzi\check;

use core\check\check;
use core\check\result;
use local_mzi\task\queue_deliveries;

/**
 * Whether cron runs, and our tasks with it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class cron_check extends check {
    /** Seconds without a run that are trouble. */
    private const LATE = 10 * MINSECS;

    #[\Override]
    public function get_name(): string {
        return get_string('cron_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        return new \action_link(
            new \moodle_url('/admin/tool/task/scheduledtasks.php'),
            get_string('scheduledtasks', 'tool_task')
        );
    }

    #[\Override]
    public function get_result(): result {
        $now = \core\di::get(\core\clock::class)->time();
        $started = (int) get_config('tool_task', 'lastcronstart');
        $fix = get_string('cron_fix', 'local_mzi');
        if ($started === 0) {
            return new result(result::CRITICAL, get_string('cron_never', 'local_mzi'), $fix);
        }
        if ($now - $started > self::LATE) {
            return new result(result::CRITICAL, get_string('cron_late', 'local_mzi', format_time($now - $started)), $fix);
        }
        if (\core\task\manager::get_scheduled_task(queue_deliveries::class)->get_disabled()) {
            return new result(result::ERROR, get_string('cron_disabled', 'local_mzi'), $fix);
        }
        return new result(result::OK, get_string('cron_ok', 'local_mzi', format_time(max(1, $now - $started))));
    }
}
