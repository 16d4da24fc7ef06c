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

use local_mzi\service\enrolment_repair;

/**
 * Enrols those whose places are new or were changed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class apply_enrolments extends \core\task\adhoc_task {
    #[\Override]
    public function get_name(): string {
        return get_string('task_apply_enrolments', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        mtrace((string) \core\di::get(enrolment_repair::class)->run_due());
    }

    /**
     * Has it run soon, once for all that waits.
     */
    public static function queue(): void {
        \core\task\manager::queue_adhoc_task(new self(), true);
    }
}
