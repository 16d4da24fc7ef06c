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
foreach (local_mzi\local\page\admin_page::PAGES as $name => [$file, $title]) {
    $ADMIN->add('local_mzi_category', new admin_externalpage(
        $name,
        new lang_string($title, 'local_mzi'),
        local_mzi\local\page\admin_page::url($file),
        local_mzi\local\page\admin_page::CAPABILITY
    ));
}
$ADMIN->add('local_mzi_category', new admin_externalpage(
    local_mzi\local\page\windows_page::NAME,
    new lang_string('request_windows', 'local_mzi'),
    new moodle_url('/local/mzi/windows.php'),
    'local/mzi:manage'
));

$manage = local_mzi\local\page\admin_page::CAPABILITY;
$settings = new admin_settingpage('local_mzi', new lang_string('setting_bridge', 'local_mzi'), $manage);
$ADMIN->add('local_mzi_category', $settings);
$outbox = new admin_settingpage('local_mzi_outbox', new lang_string('setting_outbox', 'local_mzi'), $manage);
$ADMIN->add('local_mzi_category', $outbox);
$pages = new admin_settingpage('local_mzi_pages', new lang_string('setting_page', 'local_mzi'), $manage);
$ADMIN->add('local_mzi_category', $pages);

if ($ADMIN->fulltree) {
    local_mzi\local\bridge_settings::add_to($settings);
    local_mzi\local\sync_settings::add_to($settings);
    local_mzi\local\outbox_settings::add_to($outbox);
    local_mzi\local\page_settings::add_to($pages);
    local_mzi\local\request_settings::add_to($pages);
}

if ($hassiteconfig) {
    $ADMIN->add('local_mzi_category', new admin_externalpage(
        local_mzi\local\page\access_page::NAME,
        new lang_string('admin_access', 'local_mzi'),
        local_mzi\local\page\admin_page::url('access'),
        local_mzi\local\page\access_page::CAPABILITY
    ), 'local_mzi_sync');
    // Roles, users and courses are made by these: whoever manages the bridge must not gain more rights by them.
    $enrolment = new admin_settingpage('local_mzi_enrolment', new lang_string('setting_enrolment', 'local_mzi'));
    $ADMIN->add('local_mzi_category', $enrolment);
    $ADMIN->add('local_mzi_category', new admin_externalpage(
        'local_mzi_cardkey',
        new lang_string('card_key', 'local_mzi'),
        new moodle_url('/local/mzi/cardkey.php'),
        $manage
    ));
    if ($ADMIN->fulltree) {
        local_mzi\local\enrolment_settings::add_to($enrolment);
        local_mzi\local\course_settings::add_to($enrolment);
    }
}
