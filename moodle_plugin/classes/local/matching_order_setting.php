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
 * The admin setting for the order in which Moodle users are looked for.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class matching_order_setting extends \admin_setting_configtext {
    /**
     * Constructor.
     */
    public function __construct() {
        parent::__construct(
            'local_mzi/usermatching',
            new \lang_string('usermatching', 'local_mzi'),
            new \lang_string('usermatching_desc', 'local_mzi'),
            matching::DEFAULT_ORDER,
            PARAM_RAW_TRIMMED,
            60
        );
    }

    #[\Override]
    public function validate($data) {
        return matching::parse((string) $data) === null ? get_string('usermatching_invalid', 'local_mzi') : true;
    }
}
