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

use local_mzi\service\class_course;
use local_mzi\service\class_staff;

/**
 * Gives classes their courses, one a run, since copying content takes minutes. Behind the last one, staff get their roles.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class make_courses extends \core\task\adhoc_task {
    #[\Override]
    public function get_name(): string {
        return get_string('task_make_courses', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        $courses = \core\di::get(class_course::class);
        $after = (int) ($this->get_custom_data()->after ?? 0);
        $waiting = array_values(array_filter($courses->wanting(), fn(int $id) => $id > $after));
        if (!$waiting) {
            $changed = \core\di::get(class_staff::class)->apply();
            mtrace("Roles of staff given or taken: $changed");
            return;
        }
        self::queue($waiting[0]);
        $courseid = $courses->make($waiting[0]);
        mtrace("Class {$waiting[0]}: " . ($courseid === null ? 'nothing done' : "course $courseid"));
    }

    /**
     * A class whose course cannot be made stops nobody else's, and is tried again every hour, not at once.
     *
     * @return bool
     */
    #[\Override]
    public function retry_until_success(): bool {
        return false;
    }

    /**
     * Has it run soon.
     *
     * @param int $after local id of the class to begin behind
     */
    public static function queue(int $after = 0): void {
        $task = new self();
        $task->set_custom_data(['after' => $after]);
        \core\task\manager::queue_adhoc_task($task, true);
    }
}
