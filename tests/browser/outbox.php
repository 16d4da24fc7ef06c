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
 * Puts events into the outbox as if something had become of them.
 *
 * Usage: php outbox.php CONFIG_PHP < JSON
 * JSON: a list of {"status", "type", "userid", "age", "error", "payload"}, age in seconds. Answers the ids of the rows.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

$ids = [];
foreach (json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR) as $given) {
    $then = time() - $given['age'];
    $settled = in_array($given['status'], ['delivered', 'skipped'], true);
    $ids[] = $DB->insert_record('local_mzi_outbox', [
        'event_id' => \core\uuid::generate(),
        'event_type' => $given['type'],
        'moodle_user_id' => $given['userid'],
        'record_key' => 'user:' . $given['userid'],
        'reference' => json_encode(['userid' => $given['userid']]),
        'payload' => $settled ? null : json_encode($given['payload']),
        'occurred_at' => $then,
        'status' => $given['status'],
        'attempts' => 3,
        'next_attempt' => $then,
        'first_attempt' => $then,
        'delivered_at' => $settled ? $then : null,
        'last_error' => $given['error'],
        'timecreated' => $then,
        'timemodified' => $then,
    ]);
}
echo json_encode($ids), "\n";
