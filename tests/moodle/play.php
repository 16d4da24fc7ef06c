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
 * What people do on a site, by Moodle's own API: users, courses, enrolments, assignments, grades, completion.
 *
 * Standard input is a JSON list of acts, each an object with "act" and what that act takes; standard output the list of
 * what each answered. What is not said is done by the administrator.
 * Usage: php play.php CONFIG_PHP
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/user/lib.php');
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->dirroot . '/course/modlib.php');
require_once($CFG->dirroot . '/mod/assign/externallib.php');
require_once($CFG->dirroot . '/grade/grading/lib.php');
require_once($CFG->libdir . '/enrollib.php');
require_once($CFG->libdir . '/completionlib.php');
require_once($CFG->dirroot . '/completion/completion_completion.php');

/**
 * One static method for each act.
 */
final class play {
    /** Everybody's password. */
    private const PASSWORD = 'Play-4-everybody';

    /**
     * Creates a user who can log in.
     *
     * @param string $email also the user name
     * @param string $firstname
     * @param string $lastname
     * @return int
     */
    public static function create_user(string $email, string $firstname = 'Layla', string $lastname = 'Haddad'): int {
        return (int) user_create_user((object) [
            'username' => $email,
            'email' => $email,
            'firstname' => $firstname,
            'lastname' => $lastname,
            'password' => self::PASSWORD,
            'auth' => 'manual',
            'confirmed' => 1,
            'mnethostid' => get_config('core', 'mnet_localhost_id') ?: 1,
        ]);
    }

    /**
     * Changes a user's profile.
     *
     * @param int $id
     * @param array $fields
     */
    public static function update_user(int $id, array $fields): void {
        user_update_user((object) (['id' => $id] + $fields), false);
    }

    /**
     * Creates a user and rolls back what was done.
     *
     * @param string $email
     */
    public static function create_and_roll_back(string $email): void {
        global $DB;
        $transaction = $DB->start_delegated_transaction();
        self::create_user($email);
        try {
            $transaction->rollback(new \Exception('changed our mind'));
        } catch (\Exception $expected) {
            return;
        }
    }

    /**
     * Makes a course.
     *
     * @param string $name
     * @return int
     */
    public static function create_course(string $name): int {
        $data = ['fullname' => $name, 'shortname' => $name, 'category' => 1, 'enablecompletion' => 1];
        return (int) create_course((object) $data)->id;
    }

    /**
     * Enrols somebody by hand.
     *
     * @param int $course
     * @param int $user
     * @param string $role short name
     */
    public static function enrol(int $course, int $user, string $role = 'student'): void {
        global $DB;
        $roleid = $DB->get_field('role', 'id', ['shortname' => $role], MUST_EXIST);
        enrol_get_plugin('manual')->enrol_user(self::instance($course, 'manual'), $user, $roleid);
    }

    /**
     * Takes somebody out of a course, as a hand would on the page of participants.
     *
     * @param int $course
     * @param int $user
     * @param string $method
     */
    public static function unenrol(int $course, int $user, string $method = 'manual'): void {
        enrol_get_plugin($method)->unenrol_user(self::instance($course, $method), $user);
    }

    /**
     * Makes an assignment with attempts, marked by a guide if it has criteria.
     *
     * @param int $course
     * @param string $name
     * @param array $criteria most points by short name
     * @return int
     */
    public static function create_assignment(int $course, string $name, array $criteria = []): int {
        global $DB;
        $module = $DB->get_field('modules', 'id', ['name' => 'assign'], MUST_EXIST);
        $made = add_moduleinfo((object) [
            'modulename' => 'assign', 'module' => $module, 'section' => 0, 'visible' => 1, 'course' => $course,
            'name' => $name, 'introeditor' => ['text' => $name, 'format' => FORMAT_HTML, 'itemid' => 0],
            'alwaysshowdescription' => 1, 'submissiondrafts' => 0, 'requiresubmissionstatement' => 0,
            'sendnotifications' => 0, 'sendlatenotifications' => 0, 'sendstudentnotifications' => 0, 'duedate' => 0,
            'allowsubmissionsfromdate' => 0, 'cutoffdate' => 0, 'gradingduedate' => 0, 'grade' => 100,
            'teamsubmission' => 0, 'requireallteammemberssubmit' => 0, 'teamsubmissiongroupingid' => 0, 'blindmarking' => 0,
            'markingworkflow' => 0, 'markingallocation' => 0, 'maxattempts' => -1, 'attemptreopenmethod' => 'manual',
            'assignsubmission_onlinetext_enabled' => 1, 'assignfeedback_comments_enabled' => 1,
        ], get_course($course));
        if ($criteria) {
            self::mark_by_guide((int) $made->coursemodule, $criteria);
        }
        return (int) $made->instance;
    }

    /**
     * A student hands in a text.
     *
     * @param int $assignment
     * @param int $student
     */
    public static function hand_in(int $assignment, int $student): void {
        self::become($student);
        $text = ['text' => 'My work', 'format' => FORMAT_HTML, 'itemid' => file_get_unused_draft_itemid()];
        mod_assign_external::save_submission($assignment, ['onlinetext_editor' => $text]);
        self::become(null);
    }

    /**
     * A teacher grades an attempt.
     *
     * @param int $assignment
     * @param int $student
     * @param int $teacher
     * @param float $points
     * @param string $comment
     * @param bool $again whether the student may try once more
     * @param array $marks points by short name of a criterion
     */
    public static function grade(
        int $assignment,
        int $student,
        int $teacher,
        float $points = 0,
        string $comment = '',
        bool $again = false,
        array $marks = []
    ): void {
        self::become($teacher);
        $said = ['assignfeedbackcomments_editor' => ['text' => $comment, 'format' => FORMAT_HTML]];
        $guide = $marks ? ['guide' => ['criteria' => self::fillings($assignment, $marks)]] : [];
        mod_assign_external::save_grade($assignment, $student, $points, -1, $again, '', false, $said, $guide);
        self::become(null);
    }

    /**
     * Somebody has completed a course.
     *
     * @param int $course
     * @param int $student
     */
    public static function complete(int $course, int $student): void {
        (new completion_completion(['course' => $course, 'userid' => $student]))->mark_complete();
    }

    /**
     * Many acts, each timed.
     *
     * @param array $acts
     * @return float[] seconds of each
     */
    public static function each_timed(array $acts): array {
        return array_map(function (array $act): float {
            $began = microtime(true);
            self::act($act);
            return microtime(true) - $began;
        }, $acts);
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

    /**
     * Acts as another user, or as the administrator again.
     *
     * @param int|null $user
     */
    private static function become(?int $user): void {
        \core\session\manager::set_user($user === null ? get_admin() : core_user::get_user($user));
    }

    /**
     * The way in by a method, of which a course has one.
     *
     * @param int $course
     * @param string $method
     * @return stdClass
     */
    private static function instance(int $course, string $method): stdClass {
        global $DB;
        $found = $DB->get_records('enrol', ['courseid' => $course, 'enrol' => $method], 'id', '*', 0, 1);
        return reset($found);
    }

    /**
     * Gives an assignment a marking guide.
     *
     * @param int $cmid
     * @param array $criteria most points by short name
     */
    private static function mark_by_guide(int $cmid, array $criteria): void {
        $manager = get_grading_manager(\core\context\module::instance($cmid), 'mod_assign', 'submissions');
        $manager->set_active_method('guide');
        $rows = [];
        foreach (array_keys($criteria) as $number => $name) {
            $rows['NEWID' . ($number + 1)] = [
                'sortorder' => $number + 1, 'shortname' => $name, 'maxscore' => $criteria[$name],
                'description' => "About $name", 'descriptionmarkers' => "About $name",
            ];
        }
        $manager->get_controller('guide')->update_definition((object) [
            'name' => 'Guide', 'description_editor' => ['text' => '', 'format' => FORMAT_HTML, 'itemid' => 1],
            'guide' => ['criteria' => $rows, 'comments' => []], 'status' => gradingform_controller::DEFINITION_STATUS_READY,
        ]);
    }

    /**
     * How a guide is filled in.
     *
     * @param int $assignment
     * @param array $marks points by short name of a criterion
     * @return array
     */
    private static function fillings(int $assignment, array $marks): array {
        [, $cm] = get_course_and_cm_from_instance($assignment, 'assign');
        $manager = get_grading_manager(\core\context\module::instance($cm->id), 'mod_assign', 'submissions');
        $criteria = $manager->get_controller('guide')->get_definition()->guide_criteria;
        return array_values(array_map(fn(array $criterion) => ['criterionid' => $criterion['id'], 'fillings' => [[
            'criterionid' => $criterion['id'], 'remark' => "Remark on {$criterion['shortname']}",
            'remarkformat' => FORMAT_MOODLE, 'score' => $marks[$criterion['shortname']],
        ]]], $criteria));
    }
}

\core\session\manager::set_user(get_admin());
$acts = json_decode(stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR);
$answers = array_map(play::act(...), $acts);
echo json_encode($answers, JSON_THROW_ON_ERROR), "\n";
