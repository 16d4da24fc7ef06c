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

namespace local_mzi;

use local_mzi\service\event_recorder;
use local_mzi\service\observer_faults;

/**
 * What happens in Moodle is noted for the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class observer {
    /**
     * Notes an event. Whatever goes wrong here never reaches the user: Moodle's event manager catches exceptions, but
     * no errors, and after one of those no observer would hear of anything more in this request.
     *
     * @param \core\event\base $event
     */
    public static function record(\core\event\base $event): void {
        try {
            \core\di::get(event_recorder::class)->record($event);
        } catch (\Throwable $fault) {
            observer_faults::note($fault);
        }
    }
}
