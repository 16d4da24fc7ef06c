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
 * Sets the bridge's token for the site back to the one that all tests know.
 *
 * Usage: php token.php CONFIG_PHP < JSON
 * JSON: {"token"}, the token to be, or null to keep it. Answers the tokens of the bridge that were there.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$bridge = ['userid' => get_config('local_mzi', 'bridge_userid')];
$tokens = array_values($DB->get_records_menu('external_tokens', $bridge, 'id', 'id, token'));
if ($given['token'] !== null) {
    $DB->set_field('external_tokens', 'token', $given['token'], $bridge);
}
echo json_encode($tokens), "\n";
