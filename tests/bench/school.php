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
 * Notes an event for each of some students and sends all of them to the bridge.
 *
 * Usage: php school.php CONFIG_PHP < JSON; JSON: {"events": how many}.
 * Answers {"noted": seconds, "sent": seconds, "delivered", "posts", "fault"}.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());
set_config('event_user_updated', 1, 'local_mzi');
$DB->delete_records('local_mzi_outbox');
$users = $DB->get_fieldset_select(
    'local_mzi_students',
    'moodle_user_id',
    "moodle_user_id > 0 ORDER BY id LIMIT {$given['events']}"
);
$started = hrtime(true);
foreach ($users as $user) {
    \core\event\user_updated::create_from_userid($user)->trigger();
}
$noted = hrtime(true);
$count = \core\di::get(\local_mzi\service\outbox_delivery::class)->deliver(time() + HOURSECS);
echo json_encode([
    'noted' => ($noted - $started) / 1e9,
    'sent' => (hrtime(true) - $noted) / 1e9,
    'delivered' => $count->delivered,
    'posts' => $count->posts,
    'fault' => $count->fault,
]), "\n";
