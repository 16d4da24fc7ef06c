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
 * Looks into a site's tables, sets settings, and lets time pass in them.
 *
 * Standard input is a JSON list of acts, each an object with "act" and what that act takes; standard output the list of
 * what each answered.
 * Usage: php look.php CONFIG_PHP
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

/**
 * One static method for each act.
 */
final class look {
    /** Times of events that wait to be sent. */
    private const TIMES = ['next_attempt', 'first_attempt', 'timecreated', 'timemodified'];

    /**
     * Rows of a table.
     *
     * @param string $table
     * @param array $where
     * @return array
     */
    public static function rows(string $table, array $where = []): array {
        global $DB;
        return array_values($DB->get_records($table, $where, 'id'));
    }

    /**
     * The enrolments in a course, whoever made them.
     *
     * @param int $course
     * @return array
     */
    public static function enrolments(int $course): array {
        global $DB;
        return array_values($DB->get_records_sql(
            'SELECT ue.id, e.enrol, ue.userid, ue.status, ue.timestart, ue.timeend
               FROM {user_enrolments} ue
               JOIN {enrol} e ON e.id = ue.enrolid
              WHERE e.courseid = ?
           ORDER BY ue.id',
            [$course]
        ));
    }

    /**
     * Who has which role in a course.
     *
     * @param int $course
     * @return array
     */
    public static function roles(int $course): array {
        global $DB;
        return array_values($DB->get_records_sql(
            'SELECT ra.id, ra.userid, r.shortname, ra.component
               FROM {role_assignments} ra
               JOIN {role} r ON r.id = ra.roleid
              WHERE ra.contextid = ?
           ORDER BY ra.id',
            [\core\context\course::instance($course)->id]
        ));
    }

    /**
     * Sets settings of the plugin; null takes one away.
     *
     * @param array $values
     */
    public static function set(array $values): void {
        foreach ($values as $name => $value) {
            set_config($name, $value, 'local_mzi');
        }
    }

    /**
     * Lets every type of request be made.
     */
    public static function open_windows(): void {
        $open = fn(\local_mzi\local\request_type $type) => new \local_mzi\local\request_window($type, true);
        \core\di::get(\local_mzi\service\request_windows::class)->set(array_map($open, \local_mzi\local\request_type::cases()));
    }

    /**
     * Forgets what others did on the site: their events, their tasks, and that their classes run.
     */
    public static function begin(): void {
        global $DB;
        $DB->delete_records('local_mzi_outbox');
        $DB->delete_records('task_adhoc', ['component' => 'local_mzi']);
        $DB->set_field('local_mzi_classes', 'status', 'Pending', ['status' => 'Active']);
    }

    /**
     * Has cron run these tasks of the plugin the next time.
     *
     * @param string[] $names of classes
     * @return int[] how many events and how many tasks are due
     */
    public static function due(array $names): array {
        global $DB;
        foreach ($names as $name) {
            $DB->set_field('task_scheduled', 'nextruntime', 0, ['classname' => "\\local_mzi\\task\\$name"]);
        }
        $queue = \core\di::get(\local_mzi\repository\outbox_queue_repository::class);
        return [
            'events' => count($queue->due(time(), 2000)),
            'tasks' => $DB->count_records_select('task_adhoc', 'component = ? AND nextruntime <= ?', ['local_mzi', time()]),
        ];
    }

    /**
     * Lets time pass for the outbox and the brake.
     *
     * @param int $seconds
     */
    public static function pass(int $seconds): void {
        global $DB;
        foreach (self::TIMES as $column) {
            $DB->execute("UPDATE {local_mzi_outbox} SET $column = $column - ? WHERE status = 'queued'", [$seconds]);
        }
        $DB->execute('UPDATE {local_mzi_closings} SET timecreated = timecreated - ?', [$seconds]);
    }

    /**
     * Queues a task of the plugin several times, as no schedule would: cron takes each for another one.
     *
     * @param string $name of its class
     * @param int $count
     */
    public static function queue(string $name, int $count): void {
        for ($number = 1; $number <= $count; $number++) {
            $task = new ("\\local_mzi\\task\\$name")();
            $task->set_custom_data(['after' => 0, 'number' => $number]);
            \core\task\manager::queue_adhoc_task($task);
        }
    }

    /**
     * Does one act.
     *
     * @param array $act
     * @return mixed
     */
    public static function act(array $act): mixed {
        $name = $act['act'];
        unset($act['act']);
        return self::$name(...$act);
    }
}

\core\session\manager::set_user(get_admin());
$acts = json_decode(stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR);
$answers = array_map(look::act(...), $acts);
echo json_encode($answers, JSON_THROW_ON_ERROR), "\n";
