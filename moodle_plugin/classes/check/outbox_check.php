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
use local_mzi\service\outbox_health;

/**
 * Whether what happens here reaches the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('outbox_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        $page = new \moodle_url('/admin/settings.php', ['section' => 'local_mzi_outbox']);
        return new \action_link($page, get_string('setting_outbox', 'local_mzi'));
    }

    #[\Override]
    public function get_result(): result {
        if (!bridge_settings::is_on()) {
            return new result(result::WARNING, get_string('admin_off', 'local_mzi'));
        }
        $troubles = \core\di::get(outbox_health::class)->troubles();
        return $troubles
            ? new result(result::ERROR, $troubles[0], implode(' ', $troubles))
            : new result(result::OK, get_string('outbox_check_ok', 'local_mzi'));
    }
}
