<?php
/**
 * Triggers events with their setting off and on in turn; prints the medians in milliseconds as JSON.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->libdir . '/gradelib.php');

/**
 * The middle of some times.
 *
 * @param float[] $times
 * @return float
 */
function median(array $times): float {
    sort($times);
    return $times[intdiv(count($times), 2)];
}

/**
 * What an event costs without and with being noted.
 *
 * @param string $name of the event
 * @param callable $trigger
 * @param int $rounds
 * @return float[] medians in milliseconds
 */
function cost(string $name, callable $trigger, int $rounds): array {
    $times = ['off' => [], 'on' => []];
    for ($round = 0; $round < $rounds; $round++) {
        foreach (array_keys($times) as $index => $state) {
            set_config("event_$name", $index, 'local_mzi');
            // The first one fills the caches that the change of the setting has emptied.
            $trigger();
            $started = hrtime(true);
            $trigger();
            $times[$state][] = (hrtime(true) - $started) / 1e6;
        }
    }
    return array_map(median(...), $times);
}

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());
$userid = (int) $DB->get_field_sql('SELECT MAX(id) FROM {user} WHERE deleted = 0');
$course = create_course((object) ['fullname' => 'Bench', 'shortname' => uniqid('bench'), 'category' => 1]);
$item = new grade_item(['courseid' => $course->id, 'itemtype' => 'manual', 'itemname' => 'Bench'], false);
$item->insert('bench');
$item->update_final_grade($userid, 1, 'bench');
$grade = grade_grade::fetch(['itemid' => $item->id, 'userid' => $userid]);
$grade->grade_item = $item;

$costs = [
    'user_updated' => cost(
        'user_updated',
        fn() => \core\event\user_updated::create_from_userid($userid)->trigger(),
        $given['rounds']
    ),
    'user_graded' => cost(
        'user_graded',
        fn() => \core\event\user_graded::create_from_grade($grade)->trigger(),
        $given['rounds']
    ),
];
delete_course($course, false);
$DB->delete_records('local_mzi_outbox', ['moodle_user_id' => $userid]);
echo json_encode($costs), "\n";
