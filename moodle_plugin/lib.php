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
 * Functions that Moodle calls by name.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_mzi\local\navigation;
use local_mzi\local\theme_choice;
use local_mzi\service\file_access;

/**
 * Sends a file of the plugin.
 *
 * @param stdClass $course
 * @param stdClass|null $cm
 * @param context $context
 * @param string $filearea
 * @param array $args
 * @param bool $forcedownload
 * @param array $options
 * @return bool false if there is none for this user
 */
function local_mzi_pluginfile($course, $cm, $context, string $filearea, array $args, bool $forcedownload, array $options = []) {
    require_login(null, false);
    $access = \core\di::get(file_access::class);
    $file = $access->find($context, $filearea, $args);
    if (!$file) {
        return false;
    }
    send_stored_file($file, 0, 0, $forcedownload || $access->must_download($file), ['cacheability' => 'private'] + $options);
}

/**
 * Adds a link to the profile of a student.
 *
 * @param \core_user\output\myprofile\tree $tree
 * @param stdClass $user
 * @param bool $iscurrentuser
 * @param stdClass|null $course
 */
function local_mzi_myprofile_navigation(\core_user\output\myprofile\tree $tree, $user, $iscurrentuser, $course): void {
    \core\di::get(navigation::class)->extend_profile($tree, (int) $user->id, $iscurrentuser);
}

/**
 * The preferences that a user may set.
 *
 * @return array[]
 */
function local_mzi_user_preferences(): array {
    return [
        theme_choice::PREFERENCE => [
            'type' => PARAM_ALPHA,
            'null' => NULL_NOT_ALLOWED,
            'default' => theme_choice::SITE->value,
            'choices' => array_column(theme_choice::cases(), 'value'),
            'permissioncallback' => [\core_user::class, 'is_current_user'],
        ],
    ];
}

/**
 * What the page of system checks shows.
 *
 * @return \core\check\check[]
 */
function local_mzi_status_checks(): array {
    return \local_mzi\service\check_list::all();
}
