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
 * Prints a token for the bridge's service whose user may call web services but not local/mzi:sync.
 *
 * Usage: php weak_token.php CONFIG_PHP
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/user/lib.php');

\core\session\manager::set_user(get_admin());
$name = 'mzi_without_capability';
$context = context_system::instance();
$service = $DB->get_record('external_services', ['shortname' => 'local_mzi_bridge'], '*', MUST_EXIST);
$userid = $DB->get_field('user', 'id', ['username' => $name]) ?: user_create_user([
    'username' => $name,
    'firstname' => 'Without',
    'lastname' => 'Capability',
    'email' => "$name@example.org",
    'auth' => 'manual',
    'confirmed' => 1,
    'mnethostid' => $CFG->mnet_localhost_id,
    'password' => AUTH_PASSWORD_NOT_CACHED,
], false);
$roleid = $DB->get_field('role', 'id', ['shortname' => $name]) ?: create_role($name, $name, '');
assign_capability('webservice/rest:use', CAP_ALLOW, $roleid, $context, true);
role_assign($roleid, $userid, $context);
$permit = ['externalserviceid' => $service->id, 'userid' => $userid];
if (!$DB->record_exists('external_services_users', $permit)) {
    $DB->insert_record('external_services_users', $permit + ['timecreated' => time()]);
}
$token = $DB->get_field('external_tokens', 'token', $permit);
echo $token ?: \core_external\util::generate_token(EXTERNAL_TOKEN_PERMANENT, $service, $userid, $context), "\n";
