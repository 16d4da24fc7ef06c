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

use local_mzi\service\document_check;

/**
 * The settings of requests.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_settings {
    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        global $CFG;
        $kinds = array_column(document_type::cases(), 'value');
        $page->add(new \admin_setting_configmulticheckbox(
            'local_mzi/requestfiletypes',
            new \lang_string('setting_requestfiletypes', 'local_mzi'),
            new \lang_string('setting_requestfiletypes_desc', 'local_mzi'),
            array_fill_keys($kinds, 1),
            array_combine($kinds, array_map('strtoupper', $kinds))
        ));
        $page->add(new \admin_setting_configselect(
            'local_mzi/requestmaxbytes',
            new \lang_string('setting_requestmaxbytes', 'local_mzi'),
            new \lang_string('setting_requestmaxbytes_desc', 'local_mzi'),
            document_check::DEFAULT_MAX_BYTES,
            get_max_upload_sizes((int) ($CFG->maxbytes ?? 0), 0, 0, document_check::DEFAULT_MAX_BYTES)
        ));
        $page->add(new change_fields_setting());
        $page->add(new \admin_setting_configcheckbox(
            'local_mzi/documentrequired',
            new \lang_string('setting_documentrequired', 'local_mzi'),
            new \lang_string('setting_documentrequired_desc', 'local_mzi'),
            1
        ));
    }
}
