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

namespace local_mzi\service;

use local_mzi\local\brake_mode;
use local_mzi\local\enrolment_count;
use local_mzi\repository\enrolment_repository;

/**
 * Enrolments that follow what the CRM says.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\enrolment_update
 * @covers     \local_mzi\service\enrolment_repair
 * @covers     \local_mzi\service\enrolment_comparison
 * @covers     \local_mzi\service\enrolment_plan
 * @covers     \local_mzi\service\enrol_method
 * @covers     \local_mzi\service\enrollment_follower
 * @covers     \local_mzi\service\student_follower
 * @covers     \local_mzi\service\class_follower
 * @covers     \local_mzi\service\enrolment_health
 * @covers     \local_mzi\service\enrolment_alarm
 * @covers     \local_mzi\repository\enrolment_repository
 * @covers     \local_mzi\repository\enrol_instance_repository
 * @covers     \local_mzi\check\enrolment_check
 * @covers     \local_mzi\task\apply_enrolments
 */
final class enrolment_update_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var \stdClass the course of class C1 */
    private \stdClass $course;

    /** @var \stdClass the user of student S1 */
    private \stdClass $user;

    /** @var int version of the next record */
    private int $version = 1000;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        set_config('event_user_updated', 0, 'local_mzi');
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->course = $this->getDataGenerator()->create_course();
        $this->user = $this->getDataGenerator()->create_user();
        $this->put('students', 'S1', ['status' => 'Active', 'moodle_user_id' => (int) $this->user->id]);
        $this->put('classes', 'C1', ['status' => 'Active', 'moodle_course_id' => (int) $this->course->id]);
    }

    /**
     * Writes a record, newer than all before.
     *
     * @param string $entity
     * @param string $id
     * @param array $values
     */
    private function put(string $entity, string $id, array $values): void {
        $version = ++$this->version;
        $this->generator->upsert($entity, $id, $values + ['modified_time' => $version, 'read_time' => $version + 1000]);
    }

    /**
     * Gives student S1 a place in class C1.
     *
     * @param string $id
     * @param array $values others
     */
    private function place(string $id = 'E1', array $values = []): void {
        $this->put('enrollments', $id, $values + ['zoho_student_id' => 'S1', 'zoho_class_id' => 'C1']);
    }

    /**
     * Does what is due.
     *
     * @return enrolment_count
     */
    private function run_due(): enrolment_count {
        return \core\di::get(enrolment_repair::class)->run_due();
    }

    /**
     * Compares everything.
     *
     * @return enrolment_count
     */
    private function repair(): enrolment_count {
        return \core\di::get(enrolment_repair::class)->run();
    }

    /**
     * The enrolments by our method.
     *
     * @return array[] user, course, status, beginning and end
     */
    private static function enrolments(): array {
        global $DB;
        $rows = $DB->get_records_sql(
            "SELECT ue.id, ue.userid, e.courseid, ue.status, ue.timestart, ue.timeend
               FROM {user_enrolments} ue
               JOIN {enrol} e ON e.id = ue.enrolid
              WHERE e.enrol = 'mzi' AND e.customchar1 = 'local_mzi'
           ORDER BY ue.id"
        );
        return array_map(
            fn(\stdClass $row) => array_map('intval', array_slice(array_values((array) $row), 1)),
            array_values($rows)
        );
    }

    /**
     * State and enrolment of a place.
     *
     * @param string $id
     * @return array
     */
    private static function state(string $id = 'E1'): array {
        global $DB;
        $row = $DB->get_record('local_mzi_enrollments', ['zoho_enrollment_id' => $id]);
        return [$row->moodle_enrolment_state, $row->moodle_user_enrolment_id !== null];
    }

    /**
     * Roles of the user in the course.
     *
     * @return string[]
     */
    private function roles(): array {
        $roles = get_user_roles(\core\context\course::instance($this->course->id), $this->user->id, false);
        return array_values(array_map(fn(\stdClass $role) => "{$role->shortname} {$role->component}", $roles));
    }

    /**
     * Students S2 and following, each with a user and a place in class C1, enrolled.
     *
     * @param int $count
     */
    private function crowd(int $count): void {
        for ($number = 2; $number <= $count + 1; $number++) {
            $user = $this->getDataGenerator()->create_user();
            $this->put('students', "S$number", ['status' => 'Active', 'moodle_user_id' => (int) $user->id]);
            $this->place("E$number", ['zoho_student_id' => "S$number"]);
        }
        $this->run_due();
    }

    /**
     * How many are active by our method.
     *
     * @return int
     */
    private static function active(): int {
        return \core\di::get(enrolment_repository::class)->count_active();
    }

    public function test_a_place_enrols_the_student_with_dates_and_role(): void {
        $this->place('E1', ['start_date' => '2026-03-01', 'end_date' => '2026-06-30']);
        $this->assertSame(['due', false], self::state());
        $this->assertCount(1, \core\task\manager::get_adhoc_tasks(\local_mzi\task\apply_enrolments::class));

        $this->expectOutputString("Enrolments made or changed 1, ended 0, held 0, failed 0\n");
        $this->runAdhocTasks(\local_mzi\task\apply_enrolments::class);

        $this->assertSame([[
            (int) $this->user->id,
            (int) $this->course->id,
            ENROL_USER_ACTIVE,
            site_day::start('2026-03-01'),
            site_day::start('2026-06-30', 1),
        ]], self::enrolments());
        $this->assertSame(['enrolled', true], self::state());
        $this->assertSame(['student enrol_mzi'], $this->roles());
    }

    public function test_the_same_again_changes_nothing(): void {
        $this->place();
        $this->run_due();
        $before = self::enrolments();

        $this->place('E1', ['enrollment_type' => 'Retake']);

        $this->assertEquals(new enrolment_count(), $this->run_due());
        $this->assertEquals(new enrolment_count(), $this->repair());
        $this->assertSame($before, self::enrolments());
    }

    public function test_the_status_of_student_and_class_suspends_and_restores(): void {
        $this->place();
        $this->run_due();
        foreach ([['students', 'S1', 'Withdrawn'], ['classes', 'C1', 'End']] as [$entity, $id, $status]) {
            $this->put($entity, $id, ['status' => $status]);
            $this->run_due();
            $this->assertSame(['suspended', true], self::state());
            $this->assertSame(ENROL_USER_SUSPENDED, self::enrolments()[0][2]);

            $this->put($entity, $id, ['status' => 'Active']);
            $this->run_due();
            $this->assertSame(['enrolled', true], self::state());
            $this->assertSame(ENROL_USER_ACTIVE, self::enrolments()[0][2]);
        }
    }

    public function test_a_place_that_is_gone_suspends_or_unenrols_by_the_setting(): void {
        $this->place();
        $this->run_due();
        $this->generator->delete('enrollments', 'E1', 9000);
        $this->run_due();
        $this->assertSame(['ended', true], self::state());
        $this->assertSame(ENROL_USER_SUSPENDED, self::enrolments()[0][2]);

        set_config('enrolleave', 'unenrol', 'local_mzi');
        $this->repair();

        $this->assertSame(['ended', false], self::state());
        $this->assertSame([], self::enrolments());
        $this->assertSame([], $this->roles());
    }

    public function test_a_restored_place_is_the_same_enrolment_again(): void {
        $this->place();
        $this->run_due();
        $this->generator->delete('enrollments', 'E1', 2000);
        $this->run_due();
        $this->version = 9000;

        $this->place();
        $this->run_due();

        $this->assertSame(['enrolled', true], self::state());
        $this->assertCount(1, self::enrolments());
        $this->assertSame(ENROL_USER_ACTIVE, self::enrolments()[0][2]);
    }

    public function test_what_waits_happens_when_the_user_and_the_course_come(): void {
        $this->put('enrollments', 'E2', ['zoho_student_id' => 'S2', 'zoho_class_id' => 'C2']);
        $this->run_due();
        $this->assertSame(['pending_user', false], self::state('E2'));
        $this->put('students', 'S2', ['status' => 'Active', 'moodle_user_id' => (int) $this->user->id]);
        $this->run_due();
        $this->assertSame(['pending_course', false], self::state('E2'));
        $this->put('classes', 'C2', ['status' => 'Active', 'moodle_course_id' => 999999]);
        $this->run_due();
        $this->assertSame(['pending_course', false], self::state('E2'));

        $this->put('classes', 'C2', ['moodle_course_id' => (int) $this->course->id]);
        $this->run_due();

        $this->assertSame(['enrolled', true], self::state('E2'));
    }

    public function test_a_course_made_for_the_class_counts_when_it_is_ready(): void {
        global $DB;
        $course = $this->getDataGenerator()->create_course();
        $row = ['zoho_class_id' => 'C2', 'courseid' => $course->id, 'state' => 'filling'];
        $id = $DB->insert_record('local_mzi_class_courses', $row);
        $this->put('classes', 'C2', ['status' => 'Active']);
        $this->place('E2', ['zoho_class_id' => 'C2']);
        $this->run_due();
        $this->assertSame(['pending_course', false], self::state('E2'));

        $DB->set_field('local_mzi_class_courses', 'state', 'ready', ['id' => $id]);
        $this->repair();

        $this->assertSame(['enrolled', true], self::state('E2'));
        $this->assertSame((int) $course->id, self::enrolments()[0][1]);
    }

    public function test_a_student_who_moves_to_another_class_leaves_the_first_course(): void {
        $this->place();
        $this->run_due();
        $other = $this->getDataGenerator()->create_course();
        $this->put('classes', 'C2', ['status' => 'Active', 'moodle_course_id' => (int) $other->id]);

        $this->place('E1', ['zoho_class_id' => 'C2']);
        $this->run_due();

        $this->assertSame(
            [[(int) $this->course->id, ENROL_USER_SUSPENDED], [(int) $other->id, ENROL_USER_ACTIVE]],
            array_map(fn(array $row) => [$row[1], $row[2]], self::enrolments())
        );
        $this->assertSame(['enrolled', true], self::state());
    }

    public function test_of_two_places_in_one_course_the_other_keeps_the_student_in(): void {
        $this->place('E1');
        $this->place('E2');
        $this->run_due();
        $this->assertCount(1, self::enrolments());

        $this->generator->delete('enrollments', 'E1', 9000);
        $this->run_due();

        $this->assertSame(ENROL_USER_ACTIVE, self::enrolments()[0][2]);
        $this->assertSame(['ended', true], self::state('E1'));
        $this->assertSame(['enrolled', true], self::state('E2'));
        $this->generator->delete('enrollments', 'E2', 9000);
        $this->run_due();
        $this->assertSame(ENROL_USER_SUSPENDED, self::enrolments()[0][2]);
    }

    public function test_enrolments_by_other_methods_are_never_touched(): void {
        global $DB;
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'editingteacher', 'manual', 5, 6);
        $before = $DB->get_records('user_enrolments');
        $this->place();
        $this->run_due();
        set_config('enrolleave', 'unenrol', 'local_mzi');

        $this->generator->delete('enrollments', 'E1', 9000);
        $this->run_due();
        $this->repair();

        $this->assertEquals($before, $DB->get_records('user_enrolments'));
        $this->assertSame(['editingteacher '], $this->roles());
    }

    public function test_repair_mends_what_people_changed_by_hand(): void {
        global $DB;
        $this->place('E1', ['end_date' => '2030-06-30']);
        $this->run_due();
        $enrolment = $DB->get_record('user_enrolments', ['userid' => $this->user->id]);
        $instance = $DB->get_record('enrol', ['id' => $enrolment->enrolid]);
        $method = enrol_get_plugin('mzi');
        $right = self::enrolments();

        $method->update_user_enrol($instance, $this->user->id, ENROL_USER_SUSPENDED, 5, 6);
        $this->assertSame(1, $this->repair()->changed);
        $this->assertSame($right, self::enrolments());
        $method->unenrol_user($instance, $this->user->id);
        $this->assertSame(1, $this->repair()->changed);
        $this->assertSame($right, self::enrolments());
        role_unassign_all(['userid' => $this->user->id, 'component' => 'enrol_mzi']);
        $this->assertSame(1, $this->repair()->changed);
        $this->assertSame(['student enrol_mzi'], $this->roles());
        $method->delete_instance($instance);
        $this->assertSame(1, $this->repair()->changed);
        $this->assertSame($right, self::enrolments());
        $this->assertEquals(new enrolment_count(), $this->repair());
    }

    public function test_another_role_replaces_the_first(): void {
        $this->place();
        $this->run_due();

        set_config('enrolrole', 'teacher', 'local_mzi');
        $this->repair();

        $this->assertSame(['teacher enrol_mzi'], $this->roles());
    }

    public function test_without_the_method_or_the_role_the_state_and_the_check_say_so(): void {
        \core\plugininfo\enrol::enable_plugin('mzi', 0);
        $this->place();
        $this->run_due();
        $this->assertSame(['no_method', false], self::state());
        $check = (new \local_mzi\check\enrolment_check())->get_result();
        $this->assertSame(\core\check\result::ERROR, $check->get_status());
        $this->assertStringContainsString('enrol/mzi', $check->get_summary());

        \core\plugininfo\enrol::enable_plugin('mzi', 1);
        set_config('enrolrole', 'nobody', 'local_mzi');
        $this->assertSame(1, $this->repair()->failed);
        $this->assertSame(['failed', false], self::state());
        $this->assertStringContainsString('nobody', (new \local_mzi\check\enrolment_check())->get_result()->get_summary());

        set_config('enrolrole', 'student', 'local_mzi');
        $this->repair();
        $this->assertSame(['enrolled', true], self::state());
        $this->assertSame(\core\check\result::OK, (new \local_mzi\check\enrolment_check())->get_result()->get_status());
    }

    public function test_the_brake_holds_a_crowd_that_would_be_shut_out(): void {
        $this->crowd(12);
        $sink = $this->redirectMessages();
        $this->put('classes', 'C1', ['status' => 'End']);

        $count = $this->run_due();

        $this->assertSame([10, 2], [$count->changed, $count->held]);
        $this->assertSame(2, self::active());
        $this->assertCount(2, \core\di::get(enrolment_repository::class)->held());
        $this->assertSame('enrolmentsheld', $sink->get_messages()[0]->eventtype);
        $this->assertCount(1, $sink->get_messages());
        // An hour later all the same: as long as somebody has to look, nothing goes through.
        $this->mock_clock_with_frozen(time() + 2 * HOURSECS);
        $this->repair();
        $this->assertSame(2, self::active());

        $repair = \core\di::get(enrolment_repair::class);
        $this->assertNull($repair->confirm(3));
        $this->assertSame(2, self::active());
        $this->assertSame(2, $repair->confirm(2)->changed);
        $this->assertSame(0, self::active());
        $this->assertSame([], \core\di::get(enrolment_repository::class)->held());
    }

    public function test_what_is_held_goes_on_when_the_crm_takes_it_back(): void {
        $this->crowd(12);
        $this->redirectMessages();
        $this->put('classes', 'C1', ['status' => 'End']);
        $this->run_due();

        $this->put('classes', 'C1', ['status' => 'Active']);
        $this->run_due();

        $this->assertSame(12, self::active());
        $this->assertSame([], \core\di::get(enrolment_repository::class)->held());
    }

    public function test_deletions_that_the_brake_let_through_are_not_braked_again(): void {
        $this->crowd(12);
        $ids = array_map(fn(int $number) => "E$number", range(2, 13));

        $this->generator->delete_all('enrollments', $ids, 9000, brake_mode::CONFIRMED);
        $count = $this->run_due();

        $this->assertSame([12, 0], [$count->left, $count->held]);
        $this->assertSame(0, self::active());
    }

    public function test_a_student_who_moves_while_the_end_is_held_stays_where_he_is(): void {
        set_config('brake_minimum', 0, 'local_mzi');
        $this->redirectMessages();
        $this->place();
        $this->run_due();
        $other = $this->getDataGenerator()->create_course();
        $this->put('classes', 'C2', ['status' => 'Active', 'moodle_course_id' => (int) $other->id]);

        $this->place('E1', ['zoho_class_id' => 'C2']);
        $this->run_due();

        $this->assertSame([(int) $this->course->id], array_column(self::enrolments(), 1));
        $this->assertSame(['held', true], self::state());
    }

    public function test_without_any_place_left_repair_does_nothing_but_report(): void {
        global $DB;
        $this->place();
        $this->run_due();
        $this->redirectMessages();
        $DB->delete_records('local_mzi_enrollments');

        $this->assertEquals(new enrolment_count(), $this->repair());

        $this->assertSame(1, self::active());
        $this->assertStringContainsString('no places', (new \local_mzi\check\enrolment_check())->get_result()->get_summary());
    }

    public function test_the_bridge_is_not_told_of_what_the_crm_gave(): void {
        global $DB;
        $this->place();
        $this->run_due();

        $this->assertSame(0, $DB->count_records('local_mzi_outbox', ['event_type' => 'user_enrolment_created']));
    }

    public function test_the_crm_learns_of_a_link_that_it_does_not_know(): void {
        global $DB;
        $DB->delete_records('local_mzi_outbox');
        $user = $this->getDataGenerator()->create_user(['email' => 'new@example.com', 'idnumber' => 'A-77']);
        $this->put('students', 'S5', ['student_id' => 'A-77', 'moodle_user_id' => null]);
        $this->put('students', 'S5', ['student_id' => 'A-77', 'moodle_user_id' => (int) $user->id, 'city' => 'Irbid']);
        $this->put('students', 'S5', ['city' => 'Amman']);

        $rows = $DB->get_records('local_mzi_outbox', ['event_type' => 'student_linked']);

        $this->assertCount(1, $rows);
        $row = reset($rows);
        $this->assertSame(['zoho_student_id' => 'S5', 'userid' => (int) $user->id], json_decode($row->payload, true));
        $this->assertSame(['student:S5', (string) $user->id], [$row->record_key, $row->moodle_user_id]);
    }

    public function test_following_students_takes_as_many_statements_for_many_as_for_one(): void {
        global $DB;
        $writes = function (string $prefix, int $count) use ($DB): int {
            $records = [];
            for ($number = 1; $number <= $count; $number++) {
                $this->getDataGenerator()->create_user(['idnumber' => "$prefix-$number"]);
                $records[] = $this->generator->record('students', "$prefix$number", ['student_id' => "$prefix-$number"]);
            }
            $before = $DB->perf_get_writes();
            $this->generator->apply('students', $records);
            return $DB->perf_get_writes() - $before;
        };

        $this->assertSame($writes('A', 1), $writes('B', 20));
        $this->assertSame(21, $DB->count_records('local_mzi_outbox', ['event_type' => 'student_linked']));
    }

    public function test_one_that_moodle_refuses_is_in_nobodys_way(): void {
        global $DB;
        $this->preventResetByRollback();
        $this->crowd(1);
        $broken = $this->getDataGenerator()->create_course();
        $this->put('classes', 'C2', ['status' => 'Active', 'moodle_course_id' => (int) $broken->id]);
        $this->redirectHook(\core_enrol\hook\after_user_enrolled::class, function ($hook) use ($broken): void {
            if ((int) $hook->get_enrolinstance()->courseid === (int) $broken->id) {
                throw new \TypeError('Another plugin is broken');
            }
        });
        $this->place('E1');
        $this->place('E9', ['zoho_class_id' => 'C2']);

        $count = $this->run_due();

        $this->assertDebuggingCalled();
        $this->assertSame([1, 1], [$count->changed, $count->failed]);
        $this->assertSame(['enrolled', true], self::state('E1'));
        $this->assertSame(['failed', false], self::state('E9'));
    }
}
