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
use local_mzi\local\bridge_settings;
use local_mzi\local\bridge_trouble;
use local_mzi\local\page\admin_page;
use local_mzi\service\bridge_watch;

/**
 * Whether the bridge can be reached, and whether it is well.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('bridge_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        return new \action_link(admin_page::url('overview'), get_string('admin_overview', 'local_mzi'));
    }

    #[\Override]
    public function get_result(): result {
        if (!bridge_settings::is_on()) {
            return new result(result::INFO, get_string('admin_off', 'local_mzi'));
        }
        $seen = \core\di::get(bridge_watch::class)->look();
        if ($seen->fault !== null) {
            $trouble = $seen->fault->trouble;
            $isunset = $trouble === bridge_trouble::NO_ADDRESS || $trouble === bridge_trouble::NO_KEY;
            return new result($isunset ? result::NA : result::ERROR, $trouble->message(), $trouble->fix());
        }
        return $seen->state->needs_somebody()
            ? new result(result::WARNING, get_string('bridge_check_needs', 'local_mzi'))
            : new result(result::OK, get_string('bridge_check_ok', 'local_mzi'));
    }
}
