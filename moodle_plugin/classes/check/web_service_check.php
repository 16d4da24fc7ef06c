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
use local_mzi\local\page\admin_page;
use local_mzi\service\web_service_health;

/**
 * Whether the bridge may call this site.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class web_service_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('webservice_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        return new \action_link(admin_page::url('access'), get_string('admin_access', 'local_mzi'));
    }

    #[\Override]
    public function get_result(): result {
        $health = \core\di::get(web_service_health::class);
        if (!$health->is_set_up()) {
            return new result(result::NA, get_string('webservice_none', 'local_mzi'), get_string('webservice_fix', 'local_mzi'));
        }
        $troubles = $health->troubles();
        return $troubles
            ? new result(result::CRITICAL, $troubles[0], implode(' ', [...$troubles, get_string('webservice_fix', 'local_mzi')]))
            : new result(result::OK, get_string('webservice_ok', 'local_mzi'));
    }
}
