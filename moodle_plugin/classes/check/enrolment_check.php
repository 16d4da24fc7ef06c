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
use local_mzi\service\enrolment_health;

/**
 * Whether students are in the courses of their classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('enrolment_check', 'local_mzi');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        $page = new \moodle_url('/admin/settings.php', ['section' => 'local_mzi_enrolment']);
        return new \action_link($page, get_string('setting_enrolment', 'local_mzi'));
    }

    #[\Override]
    public function get_result(): result {
        $health = \core\di::get(enrolment_health::class);
        $troubles = $health->troubles();
        return $troubles
            ? new result(result::ERROR, $troubles[0], implode(' ', $troubles))
            : new result(result::OK, get_string('enrolment_check_ok', 'local_mzi'), $health->waiting());
    }
}
