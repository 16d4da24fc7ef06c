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

namespace local_mzi\local\page;

use core\output\notification;
use local_mzi\local\tab;
use local_mzi\output\format;
use local_mzi\service\acknowledgement;

/**
 * Takes the form by which a student says that a grade was seen.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class acknowledge {
    /**
     * Reads the form, notes it, goes back to the grades.
     *
     * @return never
     */
    public static function run(): never {
        if (!data_submitted()) {
            throw new \moodle_exception('invalidformdata');
        }
        $id = required_param('id', PARAM_INT);
        $service = \core\di::get(acknowledgement::class);
        $url = tab::GRADES->url($service->student($id)->id);
        // Only compared, never kept or shown.
        $time = format::time($service->record($id, required_param('grade', PARAM_RAW)));
        redirect($url, get_string('grades_acknowledged', 'local_mzi', $time), null, notification::NOTIFY_SUCCESS);
    }
}
