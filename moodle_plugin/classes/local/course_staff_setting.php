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

namespace local_mzi\local;

/**
 * The setting that names the staff of all courses.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class course_staff_setting extends \admin_setting_configtextarea {
    /**
     * Constructor.
     */
    public function __construct() {
        parent::__construct(
            'local_mzi/' . course_staff::SETTING,
            new \lang_string('setting_coursestaff', 'local_mzi'),
            new \lang_string('setting_coursestaff_desc', 'local_mzi'),
            '',
            PARAM_RAW,
            60,
            4
        );
    }

    #[\Override]
    public function validate($data) {
        $wrong = course_staff::wrong_line((string) $data);
        return $wrong === null ? true : get_string('setting_coursestaff_wrong', 'local_mzi', s($wrong));
    }
}
