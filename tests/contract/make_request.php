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

/**
 * Makes a request on a site, as its form would; prints what the event tells of it.
 *
 * Standard input is JSON: student, the CRM's id, and files, base64 by name.
 * Usage: php make_request.php CONFIG_PHP
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

$wanted = json_decode(stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR);
$made = \core\di::get(\local_mzi\repository\request_repository::class)->insert([
    'zoho_student_id' => $wanted['student'],
    'request_type' => 'Student Card',
    'status' => \local_mzi\local\request_status::QUEUED->value,
    'reason' => 'Please',
    'timecreated' => time(),
    'timemodified' => time(),
]);
foreach ($wanted['files'] as $name => $content) {
    get_file_storage()->create_file_from_string([
        'contextid' => \core\context\system::instance()->id,
        'component' => 'local_mzi',
        'filearea' => \local_mzi\service\file_access::REQUEST,
        'itemid' => $made->id,
        'filepath' => '/',
        'filename' => $name,
    ], base64_decode($content, true));
}
echo json_encode(['requestid' => (int) $made->id, 'request_number' => $made->request_number]), "\n";
