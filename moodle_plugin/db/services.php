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
 * External functions and the service of the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$functions = [
    'local_mzi_delete_records' => [
        'classname' => local_mzi\external\delete_records::class,
        'description' => 'Marks records as deleted in the CRM.',
        'type' => 'write',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_confirm_rows' => [
        'classname' => local_mzi\external\confirm_rows::class,
        'description' => 'Confirms records that have not changed, by their versions alone.',
        'type' => 'write',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_get_manifest' => [
        'classname' => local_mzi\external\get_manifest::class,
        'description' => 'Lists ids, versions and content hashes of an entity, page by page.',
        'type' => 'read',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_get_rows' => [
        'classname' => local_mzi\external\get_rows::class,
        'description' => 'Returns stored rows of an entity by CRM id.',
        'type' => 'read',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_get_status' => [
        'classname' => local_mzi\external\get_status::class,
        'description' => 'Returns versions, limits and counts.',
        'type' => 'read',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_get_contract' => [
        'classname' => local_mzi\external\get_contract::class,
        'description' => 'Returns the entities with their columns and types.',
        'type' => 'read',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_set_photo' => [
        'classname' => local_mzi\external\set_photo::class,
        'description' => 'Takes over students\' photos from the CRM.',
        'type' => 'write',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_confirm_requests' => [
        'classname' => local_mzi\external\confirm_requests::class,
        'description' => 'Tells requests made here what the CRM calls them.',
        'type' => 'write',
        'capabilities' => 'local/mzi:sync',
    ],
    'local_mzi_get_request_file' => [
        'classname' => local_mzi\external\get_request_file::class,
        'description' => 'Returns a file that came with a request.',
        'type' => 'read',
        'capabilities' => 'local/mzi:sync',
    ],
];

foreach (local_mzi\entity\registry::names() as $entity) {
    $functions["local_mzi_upsert_$entity"] = [
        'classname' => "local_mzi\\external\\upsert_$entity",
        'description' => "Inserts or updates a batch of $entity.",
        'type' => 'write',
        'capabilities' => 'local/mzi:sync',
    ];
}
unset($entity);

$functions['local_mzi_get_student_dashboard'] = [
    'classname' => local_mzi\external\get_student_dashboard::class,
    'description' => 'Returns everything the pages show of a student.',
    'type' => 'read',
    'capabilities' => 'local/mzi:viewown, local/mzi:viewall, local/mzi:sync',
    'ajax' => true,
    'services' => [MOODLE_OFFICIAL_MOBILE_SERVICE],
];
$bridge = array_keys($functions);

$functions['local_mzi_acknowledge_grade'] = [
    'classname' => local_mzi\external\acknowledge_grade::class,
    'description' => 'Notes that the student has seen a grade.',
    'type' => 'write',
    'capabilities' => 'local/mzi:viewown',
    'ajax' => true,
    'services' => [MOODLE_OFFICIAL_MOBILE_SERVICE],
];

$functions['local_mzi_get_tab'] = [
    'classname' => local_mzi\external\get_tab::class,
    'description' => 'Returns one tab of a student\'s page as HTML.',
    'type' => 'read',
    'capabilities' => 'local/mzi:viewown, local/mzi:viewall',
    'ajax' => true,
];

$functions['local_mzi_search_students'] = [
    'classname' => local_mzi\external\search_students::class,
    'description' => 'Finds students by name, number or e-mail address.',
    'type' => 'read',
    'capabilities' => 'local/mzi:viewall',
    'ajax' => true,
];

$services = [
    'MZI bridge' => [
        'functions' => ['core_webservice_get_site_info', ...$bridge],
        'restrictedusers' => 1,
        'enabled' => 1,
        'shortname' => 'local_mzi_bridge',
        'downloadfiles' => 0,
        'uploadfiles' => 0,
    ],
];
