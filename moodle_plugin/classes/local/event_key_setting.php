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
use local_mzi\service\event_signature;

/**
 * The admin setting for a key with which events are signed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_key_setting extends \admin_setting_configpasswordunmask {
    /**
     * Constructor.
     *
     * @param string $name eventkey or eventkeyprevious
     */
    public function __construct(string $name) {
        parent::__construct(
            "local_mzi/$name",
            new \lang_string("setting_$name", 'local_mzi'),
            new \lang_string("setting_{$name}_desc", 'local_mzi'),
            ''
        );
    }

    #[\Override]
    public function validate($data) {
        $given = trim((string) $data);
        return $given === '' || event_signature::key($given) !== null ? true : get_string('setting_eventkey_invalid', 'local_mzi');
    }

    /**
     * Stores the key, and that it is this site's: a copy of the site must not write into the CRM.
     *
     * @param mixed $data
     * @return string empty, or what is wrong
     */
    #[\Override]
    public function write_setting($data) {
        $fault = parent::write_setting(trim((string) $data));
        if ($fault === '') {
            bridge_address::settle_site();
        }
        return $fault;
    }
}
