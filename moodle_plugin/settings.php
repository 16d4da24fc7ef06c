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

/**
 * Settings.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

// People of the office who may not configure the site find the windows at the top of the tree.
$ADMIN->add(
    $hassiteconfig ? 'localplugins' : 'root',
    new admin_category('local_mzi_category', new lang_string('pluginname', 'local_mzi'))
);
$ADMIN->add('local_mzi_category', new admin_externalpage(
    local_mzi\local\page\windows_page::NAME,
    new lang_string('request_windows', 'local_mzi'),
    new moodle_url('/local/mzi/windows.php'),
    'local/mzi:manage'
));

if ($hassiteconfig) {
    $settings = new admin_settingpage('local_mzi', new lang_string('setting_bridge', 'local_mzi'));
    $ADMIN->add('local_mzi_category', $settings);
    $pages = new admin_settingpage('local_mzi_pages', new lang_string('setting_page', 'local_mzi'));
    $ADMIN->add('local_mzi_category', $pages);
    $outbox = new admin_settingpage('local_mzi_outbox', new lang_string('setting_outbox', 'local_mzi'));
    $ADMIN->add('local_mzi_category', $outbox);
    $enrolment = new admin_settingpage('local_mzi_enrolment', new lang_string('setting_enrolment', 'local_mzi'));
    $ADMIN->add('local_mzi_category', $enrolment);
    $ADMIN->add('local_mzi_category', new admin_externalpage(
        'local_mzi_cardkey',
        new lang_string('card_key', 'local_mzi'),
        new moodle_url('/local/mzi/cardkey.php'),
        'local/mzi:manage'
    ));

    if ($ADMIN->fulltree) {
        $settings->add(new local_mzi\local\matching_order_setting());
        $settings->add(new admin_setting_configtext(
            'local_mzi/brake_minimum',
            new lang_string('brake_minimum', 'local_mzi'),
            new lang_string('brake_minimum_desc', 'local_mzi'),
            local_mzi\local\brake_numbers::DEFAULT_MINIMUM,
            '/^\d{1,6}$/',
            6
        ));
        $settings->add(new admin_setting_configtext(
            'local_mzi/brake_percent',
            new lang_string('brake_percent', 'local_mzi'),
            new lang_string('brake_percent_desc', 'local_mzi'),
            local_mzi\local\brake_numbers::DEFAULT_PERCENT,
            '/^(100|\d{1,2})$/',
            3
        ));
        $settings->add(new admin_setting_configtext(
            'local_mzi/synclogretention',
            new lang_string('synclogretention', 'local_mzi'),
            new lang_string('synclogretention_desc', 'local_mzi'),
            90,
            '/^\d{1,5}$/',
            5
        ));
        local_mzi\local\page_settings::add_to($pages);
        local_mzi\local\request_settings::add_to($pages);
        local_mzi\local\outbox_settings::add_to($outbox);
        local_mzi\local\enrolment_settings::add_to($enrolment);
        local_mzi\local\course_settings::add_to($enrolment);
    }
}
