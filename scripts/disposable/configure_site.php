<?php
// This program is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// This program is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with this program.  If not, see <https://www.gnu.org/licenses/>.

/**
 * Makes a fresh Moodle quiet, gives it Arabic beside English, and the users named on standard input.
 *
 * Usage: php configure_site.php CONFIG_PHP < JSON
 * JSON: {"admin_password", "user_password", "users": [{"username", "idnumber", "firstname", "lastname", "email"}]}
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->libdir . '/filterlib.php');
require_once($CFG->dirroot . '/user/lib.php');

/**
 * Nothing may call out, send mail or stand in a browser's way; web services are on.
 */
function make_quiet(): void {
    global $DB;

    set_config('enablewebservices', 1);
    set_config('webserviceprotocols', 'rest');
    set_config('updateautocheck', 0);
    set_config('debugdisplay', 0);
    filter_set_global_state('mathjaxloader', TEXTFILTER_DISABLED);
    $DB->set_field('tool_usertours_tours', 'enabled', 0);
    $callers = ['\core\task\check_for_updates_task', '\tool_langimport\task\update_langpacks_task'];
    foreach ($callers as $name) {
        $task = \core\task\manager::get_scheduled_task($name);
        $task->set_disabled(true);
        \core\task\manager::configure_scheduled_task($task);
    }
}

/**
 * Outgoing requests may reach this machine, on any port: a bridge under test runs here. The other private ranges
 * stay blocked.
 */
function let_out_to_loopback(): void {
    set_config('curlsecurityblockedhosts', "10.0.0.0/8\n172.16.0.0/12\n192.168.0.0/16\n169.254.169.254");
    set_config('curlsecurityallowedport', '');
    set_config('plainloopback', 1, 'local_mzi');
}

/**
 * Installs Arabic as the language pack would be, without the network: the few strings that Moodle's installer
 * ships, and the pack's rules of direction, dates and numbers. All else falls back to English.
 */
function have_arabic(): void {
    global $CFG;

    $folder = make_writable_directory("{$CFG->langotherroot}/ar");
    foreach (glob("{$CFG->dirroot}/install/lang/ar/*.php") as $file) {
        copy($file, $folder . '/' . basename($file));
    }
    $rules = [
        'thislanguage' => 'العربية',
        'thisdirection' => 'rtl',
        'parentlanguage' => '',
        'iso6391' => 'ar',
        'iso6392' => 'ara',
        'locale' => 'ar_SA.utf8',
        'decsep' => '.',
        'thousandssep' => ',',
        'listsep' => '،',
        'labelsep' => ': ',
        'strftimedate' => '%d %B %Y',
        'strftimedatetime' => '%d %B %Y، %I:%M %p',
        'strftimedaydatetime' => '%A، %d %B %Y، %I:%M %p',
    ];
    $lines = ['<?php', "defined('MOODLE_INTERNAL') || die();"];
    foreach ($rules as $name => $value) {
        $lines[] = '$string[' . var_export($name, true) . '] = ' . var_export($value, true) . ';';
    }
    file_put_contents("$folder/langconfig.php", implode("\n", $lines) . "\n");
}

/**
 * Creates the users that are not there yet and brings the others up to date.
 *
 * @param array $users each with username, idnumber, firstname, lastname, email
 * @param string $password the password of all of them
 * @return int how many there are of the users named
 */
function have_users(array $users, string $password): int {
    global $CFG, $DB;

    $hash = hash_internal_user_password($password, true);
    $common = ['auth' => 'manual', 'confirmed' => 1, 'mnethostid' => $CFG->mnet_localhost_id, 'password' => $hash];
    foreach ($users as $user) {
        $user['username'] = core_text::strtolower($user['username']);
        $id = $DB->get_field('user', 'id', ['username' => $user['username'], 'mnethostid' => $CFG->mnet_localhost_id]);
        if ($id) {
            user_update_user(['id' => $id] + $user, false);
        } else {
            user_create_user($user + $common, false);
        }
    }
    return count($users);
}

$wanted = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());
make_quiet();
let_out_to_loopback();
have_arabic();
update_internal_user_password(get_admin(), $wanted['admin_password']);
echo have_users($wanted['users'], $wanted['user_password']), " users\n";
purge_all_caches();
