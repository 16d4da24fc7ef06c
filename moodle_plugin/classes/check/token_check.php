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
 * Whether the bridge's token for this site is valid, and for how long.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class token_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('token_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        return new \action_link(admin_page::url('access'), get_string('admin_access', 'local_mzi'));
    }

    #[\Override]
    public function get_result(): result {
        $health = \core\di::get(web_service_health::class);
        $end = $health->token_end();
        if ($end === null) {
            $status = $health->is_set_up() ? result::CRITICAL : result::NA;
            return new result($status, get_string('token_none', 'local_mzi'), get_string('token_fix', 'local_mzi'));
        }
        if ($end === 0) {
            return new result(result::OK, get_string('token_endless', 'local_mzi'));
        }
        $when = userdate($end);
        return match (true) {
            $health->is_over($end) => new result(
                result::CRITICAL,
                get_string('token_over', 'local_mzi', $when),
                get_string('token_fix', 'local_mzi')
            ),
            $health->is_soon($end) => new result(
                result::WARNING,
                get_string('token_ends', 'local_mzi', $when),
                get_string('token_fix', 'local_mzi')
            ),
            default => new result(result::OK, get_string('token_ends', 'local_mzi', $when)),
        };
    }
}
