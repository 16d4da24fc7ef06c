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
use local_mzi\local\outbox_settings;
use local_mzi\local\page\admin_page;
use local_mzi\service\outbox_report;

/**
 * Whether events for the bridge failed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class failure_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('failure_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        return new \action_link(admin_page::url('sync'), get_string('admin_sync', 'local_mzi'));
    }

    #[\Override]
    public function get_result(): result {
        $failed = \core\di::get(outbox_report::class)->summary()->failed;
        if ($failed === 0) {
            return new result(result::OK, get_string('failure_check_ok', 'local_mzi'));
        }
        return new result(
            $failed < outbox_settings::failures() ? result::WARNING : result::ERROR,
            get_string('outbox_trouble_failed', 'local_mzi', $failed),
            get_string('failure_check_details', 'local_mzi')
        );
    }
}
