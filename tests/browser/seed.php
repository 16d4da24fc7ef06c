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
 * Puts a school on a site, by Moodle's and the plugin's own functions.
 *
 * Usage: php seed.php CONFIG_PHP < JSON
 * JSON: {"users", "managers", "courses", "enrolments", "records", "config", "windows"}; in the records "@user:NAME" and
 * "@course:NAME" stand for ids. Answers {"users": {name: id}, "courses": {name: id}, "rows": {entity: {CRM id: id}}}.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->dirroot . '/user/lib.php');

/**
 * Creates the users that are not there yet.
 *
 * @param array $users each with username, firstname, lastname, email, idnumber, password
 * @return array ids by username
 */
function have_users(array $users): array {
    global $CFG, $DB;

    $common = ['auth' => 'manual', 'confirmed' => 1, 'mnethostid' => $CFG->mnet_localhost_id];
    $ids = [];
    foreach ($users as $user) {
        $id = $DB->get_field('user', 'id', ['username' => $user['username']]);
        $ids[$user['username']] = (int) ($id ?: user_create_user($user + $common));
    }
    return $ids;
}

/**
 * Creates the courses that are not there yet, and enrols their people.
 *
 * @param array $courses each with shortname and fullname
 * @param array $enrolments each with username, course, role
 * @param array $users ids by username
 * @return array ids by short name
 */
function have_courses(array $courses, array $enrolments, array $users): array {
    global $DB;

    $ids = [];
    foreach ($courses as $course) {
        $id = $DB->get_field('course', 'id', ['shortname' => $course['shortname']]);
        $ids[$course['shortname']] = (int) ($id ?: create_course((object) ($course + ['category' => 1]))->id);
    }
    $manual = enrol_get_plugin('manual');
    foreach ($enrolments as $enrolment) {
        $where = ['courseid' => $ids[$enrolment['course']], 'enrol' => 'manual'];
        $instance = $DB->get_record('enrol', $where, '*', MUST_EXIST);
        $role = $DB->get_field('role', 'id', ['shortname' => $enrolment['role']], MUST_EXIST);
        $manual->enrol_user($instance, $users[$enrolment['username']], $role);
    }
    return $ids;
}

/**
 * Writes the records as the bridge would; dies of one that is not written.
 *
 * @param array $records by entity
 * @return array ids of the rows by entity and CRM id
 */
function write_records(array $records): array {
    global $DB;

    $rows = [];
    foreach ($records as $entity => $list) {
        $definition = \local_mzi\entity\registry::get($entity);
        $known = array_map(fn(array $record) => json_decode(json_encode($record)), $list);
        foreach (\core\di::get(\local_mzi\service\upsert::class)->apply($definition, $known) as $result) {
            if (!in_array($result->action->value, ['inserted', 'updated', 'unchanged'])) {
                throw new \moodle_exception('error', debuginfo: "$entity {$result->id}: " . json_encode($result));
            }
        }
        [$in, $params] = $DB->get_in_or_equal(array_column($list, $definition->key));
        $found = $DB->get_records_select_menu(
            "local_mzi_$entity",
            "{$definition->key} $in",
            $params,
            '',
            "{$definition->key}, id"
        );
        $rows[$entity] = array_map('intval', $found);
    }
    return $rows;
}

/**
 * Opens and closes the windows of requests.
 *
 * @param array $windows by type: whether it is enabled, when it opens and closes
 */
function open_windows(array $windows): void {
    $known = [];
    foreach ($windows as $type => [$enabled, $opens, $closes]) {
        $type = \local_mzi\local\request_type::from($type);
        $known[] = new \local_mzi\local\request_window($type, $enabled, $opens, $closes);
    }
    \core\di::get(\local_mzi\service\request_windows::class)->set($known);
}

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());
$users = have_users($given['users']);
foreach ($given['managers'] as $name) {
    $role = $DB->get_field('role', 'id', ['shortname' => 'manager'], MUST_EXIST);
    role_assign($role, $users[$name], \core\context\system::instance()->id);
}
$courses = have_courses($given['courses'], $given['enrolments'], $users);
foreach ($given['config'] as $name => $value) {
    set_config($name, $value, 'local_mzi');
}
open_windows($given['windows']);
$ids = [];
foreach (['user' => $users, 'course' => $courses] as $kind => $named) {
    foreach ($named as $name => $id) {
        $ids["\"@$kind:$name\""] = $id;
    }
}
$records = json_decode(strtr(json_encode($given['records']), $ids), true, 512, JSON_THROW_ON_ERROR);
echo json_encode(['users' => $users, 'courses' => $courses, 'rows' => write_records($records)]), "\n";
