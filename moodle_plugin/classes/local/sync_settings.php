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
 * The settings of what the bridge writes here.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync_settings {
    /** Days that lines of the sync log are kept. */
    private const DEFAULT_RETENTION = 90;

    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        $page->add(new matching_order_setting());
        $page->add(new \admin_setting_configtext(
            'local_mzi/brake_minimum',
            new \lang_string('brake_minimum', 'local_mzi'),
            new \lang_string('brake_minimum_desc', 'local_mzi'),
            brake_numbers::DEFAULT_MINIMUM,
            '/^\d{1,6}$/',
            6
        ));
        $page->add(new \admin_setting_configtext(
            'local_mzi/brake_percent',
            new \lang_string('brake_percent', 'local_mzi'),
            new \lang_string('brake_percent_desc', 'local_mzi'),
            brake_numbers::DEFAULT_PERCENT,
            '/^(100|\d{1,2})$/',
            3
        ));
        $page->add(new \admin_setting_configtext(
            'local_mzi/synclogretention',
            new \lang_string('synclogretention', 'local_mzi'),
            new \lang_string('synclogretention_desc', 'local_mzi'),
            self::DEFAULT_RETENTION,
            '/^\d{1,5}$/',
            5
        ));
    }
}
