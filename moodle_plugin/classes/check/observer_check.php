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
use local_mzi\service\observer_faults;

/**
 * Whether all that happened could be noted.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class observer_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('observer_check', 'local_mzi');
    }

    #[\Override]
    public function get_result(): result {
        $fault = observer_faults::read();
        if ($fault === null) {
            return new result(result::OK, get_string('observer_check_ok', 'local_mzi'));
        }
        $about = (object) ['count' => $fault->count, 'last' => userdate($fault->last), 'class' => $fault->class];
        return new result(
            result::ERROR,
            get_string('observer_check_faults', 'local_mzi', $fault->count),
            get_string('observer_check_details', 'local_mzi', $about)
        );
    }
}
