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

use local_mzi\service\bridge_address;

/**
 * The admin setting for the address of the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_url_setting extends \admin_setting_configtext {
    /**
     * Constructor.
     */
    public function __construct() {
        parent::__construct(
            'local_mzi/bridgeurl',
            new \lang_string('setting_bridgeurl', 'local_mzi'),
            new \lang_string('setting_bridgeurl_desc', 'local_mzi'),
            '',
            PARAM_RAW_TRIMMED,
            60
        );
    }

    #[\Override]
    public function validate($data) {
        $given = trim((string) $data);
        return $given === '' || bridge_address::is_sound($given, true) ? true : get_string('outbox_badaddress', 'local_mzi');
    }
}
