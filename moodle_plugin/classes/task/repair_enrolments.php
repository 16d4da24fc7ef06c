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

use local_mzi\local\course_settings;
use local_mzi\service\enrolment_repair;

/**
 * Compares the enrolments of courses with what the CRM has, and mends what differs.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class repair_enrolments extends \core\task\scheduled_task {
    #[\Override]
    public function get_name(): string {
        return get_string('task_repair_enrolments', 'local_mzi');
    }

    #[\Override]
    public function execute(): void {
        if (course_settings::makes()) {
            make_courses::queue();
        }
        mtrace((string) \core\di::get(enrolment_repair::class)->run());
    }
}
