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

namespace local_mzi\service\payload;

use local_mzi\local\composed;
use local_mzi\service\bridge_account;

/**
 * What the bridge gets of users, enrolments, submissions and completions.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\composed
 * @covers     \local_mzi\service\payload\composed_payloads
 * @covers     \local_mzi\service\payload\user_payload
 * @covers     \local_mzi\service\payload\enrolment_payload
 * @covers     \local_mzi\service\payload\submission_payload
 * @covers     \local_mzi\service\payload\completion_payload
 * @covers     \local_mzi\service\payload\crm_places
 * @covers     \local_mzi\repository\user_facts_repository
 * @covers     \local_mzi\repository\enrolment_facts_repository
 * @covers     \local_mzi\repository\crm_link_repository
 */
final class payload_test extends \advanced_testcase {
    /** @var \local_mzi_generator records as the bridge sends them */
    private \local_mzi_generator $generator;

    /** @var \stdClass where somebody is taught */
    private \stdClass $course;

    /** @var \stdClass who is taught */
    private \stdClass $user;

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        parent::setUp();
        require_once($CFG->dirroot . '/user/lib.php');
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->course = $this->getDataGenerator()->create_course(['enablecompletion' => 1]);
        $this->user = $this->getDataGenerator()->create_user([
            'username' => 'ada', 'firstname' => 'Ada', 'lastname' => 'Lovelace', 'email' => 'ada@example.com',
            'idnumber' => 'S-1', 'phone1' => '111', 'city' => 'Amman', 'country' => 'JO',
        ]);
    }

    /**
     * What comes of all that was noted, the latest row of a type last.
     *
     * @return array<string, composed> by type
     */
    private function composed(): array {
        global $DB;
        $rows = $DB->get_records('local_mzi_outbox', null, 'id');
        $composed = (new composed_payloads())->compose($rows);
        $found = [];
        foreach ($rows as $id => $row) {
            $found[$row->event_type] = $composed[$id];
        }
        return $found;
    }

    /**
     * Makes the course a class of the CRM, with our user in it.
     *
     * @param string $class
     * @return string CRM id of the student
     */
    private function teach(string $class = '77'): string {
        $student = $this->generator->student([], (int) $this->user->id);
        $this->generator->upsert('classes', $class, ['moodle_course_id' => (int) $this->course->id, 'unit_name' => 'Unit 1']);
        $place = ['zoho_student_id' => $student->zohoid, 'zoho_class_id' => $class];
        $this->generator->upsert('enrollments', "9$class", $place);
        return $student->zohoid;
    }

    public function test_a_user_is_told_as_the_profile_is_now_with_the_records_of_the_crm(): void {
        \core\event\user_updated::create_from_userid($this->user->id)->trigger();
        $student = $this->generator->student([], (int) $this->user->id);
        user_update_user((object) ['id' => $this->user->id, 'city' => 'Irbid'], false, false);

        $data = $this->composed()['user_updated']->data;

        $this->assertSame(
            ['userid', 'username', 'firstname', 'lastname', 'email', 'idnumber', 'phone1', 'city', 'country', 'suspended',
                'deleted', 'timecreated', 'timemodified', 'countryname', 'crm'],
            array_keys($data)
        );
        $this->assertSame([(int) $this->user->id, 'ada', 'Irbid', 'JO', 0, 0, ['student_ids' => [$student->zohoid]]], [
            $data['userid'], $data['username'], $data['city'], $data['country'], $data['suspended'], $data['deleted'],
            $data['crm'],
        ]);
        $this->assertSame('Jordan', $data['countryname']);
    }

    public function test_a_deleted_user_is_told_as_deleted_and_the_bridge_not_at_all(): void {
        global $DB;
        \core\event\user_updated::create_from_userid($this->user->id)->trigger();
        $DB->set_field('user', 'deleted', 1, ['id' => $this->user->id]);
        $this->assertSame(1, $this->composed()['user_updated']->data['deleted']);

        set_config(bridge_account::USER_SETTING, $this->user->id, 'local_mzi');
        $this->assertSame('bridge_account', $this->composed()['user_updated']->reason);
        set_config(bridge_account::USER_SETTING, null, 'local_mzi');
        $DB->delete_records('user', ['id' => $this->user->id]);
        $this->assertEquals(composed::skip('gone'), $this->composed()['user_updated']);
    }

    public function test_an_enrolment_has_its_real_role_and_its_place_in_the_crm(): void {
        global $DB;
        $student = $this->teach();
        $times = [1700000000, 1900000000];
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'editingteacher', 'manual', ...$times);
        $enrolment = $DB->get_record('user_enrolments', ['userid' => $this->user->id], '*', MUST_EXIST);

        $this->assertSame([
            'enrollmentid' => (int) $enrolment->id,
            'userid' => (int) $this->user->id,
            'courseid' => (int) $this->course->id,
            'roleid' => (int) $DB->get_field('role', 'id', ['shortname' => 'editingteacher']),
            'role' => 'editingteacher',
            'status' => 'active',
            'timestart' => 1700000000,
            'timeend' => 1900000000,
            'timecreated' => (int) $enrolment->timecreated,
            'enrol' => 'manual',
            'crm' => ['student_id' => $student, 'class_id' => '77', 'enrollment_id' => '977'],
        ], $this->composed()['user_enrolment_created']->data);
    }

    public function test_of_several_roles_that_of_the_enrolment_counts_else_the_most_important(): void {
        global $DB;
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'student');
        $context = \core\context\course::instance($this->course->id);
        $teacher = $DB->get_field('role', 'id', ['shortname' => 'teacher']);
        role_assign($teacher, $this->user->id, $context);
        $this->assertSame('teacher', $this->composed()['user_enrolment_created']->data['role']);

        $instance = $DB->get_field('enrol', 'id', ['courseid' => $this->course->id, 'enrol' => 'manual']);
        $student = $DB->get_field('role', 'id', ['shortname' => 'student']);
        role_assign($student, $this->user->id, $context, 'enrol_manual', $instance);
        $this->assertSame('student', $this->composed()['user_enrolment_created']->data['role']);

        role_unassign_all(['userid' => $this->user->id]);
        role_unassign_all(['userid' => $this->user->id, 'component' => 'enrol_manual', 'itemid' => $instance]);
        $this->assertNull($this->composed()['user_enrolment_created']->data['role']);
    }

    public function test_an_enrolment_that_is_gone_is_told_as_it_was(): void {
        global $DB;
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'student', 'manual', 0, 1900000000);
        $id = (int) $DB->get_field('user_enrolments', 'id', ['userid' => $this->user->id]);
        $instance = $DB->get_record('enrol', ['courseid' => $this->course->id, 'enrol' => 'manual']);
        enrol_get_plugin('manual')->update_user_enrol($instance, $this->user->id, ENROL_USER_SUSPENDED);
        $this->assertSame('suspended', $this->composed()['user_enrolment_updated']->data['status']);

        enrol_get_plugin('manual')->unenrol_user($instance, $this->user->id);

        $composed = $this->composed();
        $this->assertSame('gone', $composed['user_enrolment_created']->reason);
        $data = $composed['user_enrolment_deleted']->data;
        $this->assertSame(['deleted', null, 1900000000, $id, 'manual'], [
            $data['status'], $data['role'], $data['timeend'], $data['enrollmentid'], $data['enrol'],
        ]);
        $this->assertSame(['student_id' => null, 'class_id' => null, 'enrollment_id' => null], $data['crm']);
    }

    public function test_work_and_a_completed_course_are_told(): void {
        $student = $this->teach();
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'student');
        $assign = $this->getDataGenerator()->create_module('assign', ['course' => $this->course->id]);
        $work = new \assign(\core\context\module::instance($assign->cmid), null, $this->course);
        $submission = $work->get_user_submission($this->user->id, true);
        \mod_assign\event\assessable_submitted::create_from_submission($work, $submission, true)->trigger();
        (new \completion_completion(['userid' => $this->user->id, 'course' => $this->course->id]))->mark_complete(1800000000);

        $composed = $this->composed();
        $crm = ['student_id' => $student, 'class_id' => '77', 'enrollment_id' => '977'];
        $this->assertSame([
            'submissionid' => (int) $submission->id,
            'userid' => (int) $this->user->id,
            'courseid' => (int) $this->course->id,
            'assignmentid' => (int) $assign->id,
            'attempt' => 1,
            'status' => $submission->status,
            'timemodified' => (int) $submission->timemodified,
            'crm' => $crm,
        ], $composed['assessable_submitted']->data);
        $this->assertSame([
            'userid' => (int) $this->user->id,
            'courseid' => (int) $this->course->id,
            'timecompleted' => 1800000000,
            'crm' => $crm,
        ], $composed['course_completed']->data);
    }

    public function test_a_class_is_found_by_the_students_place_and_never_guessed(): void {
        global $DB;
        $one = (object) ['userid' => (int) $this->user->id, 'courseid' => (int) $this->course->id];
        $look = function () use ($one): array {
            $place = \core\di::get(crm_places::class)->find([$one])[0];
            return [$place->studentid, $place->classid, $place->reason];
        };
        $this->assertSame([null, null, 'no_class'], $look());
        $course = ['moodle_course_id' => (int) $this->course->id];
        $this->generator->upsert('classes', '1', $course);
        $this->assertSame([null, '1', 'no_student'], $look());
        $ada = $this->generator->student([], (int) $this->user->id)->zohoid;
        $this->assertSame([$ada, '1', null], $look());
        $this->generator->upsert('classes', '2', $course);
        $this->assertSame([$ada, null, 'ambiguous_class'], $look());
        $this->generator->upsert('enrollments', '5', ['zoho_student_id' => $ada, 'zoho_class_id' => '2']);
        $this->assertSame([$ada, '2', null], $look());
        $this->generator->upsert('enrollments', '6', ['zoho_student_id' => $ada, 'zoho_class_id' => '1']);
        $this->assertSame([$ada, null, 'ambiguous_class'], $look());
        $this->generator->delete('enrollments', '6', 5000);
        $this->assertSame([$ada, '2', null], $look());
        $this->generator->student([], (int) $this->user->id);
        $this->assertSame([$ada, '2', null], $look());
        $this->generator->delete_all('classes', ['2'], 5000);
        $this->assertSame([null, '1', 'ambiguous_student'], $look());
        $this->generator->delete_all('classes', ['1'], 5000);
        $this->generator->upsert('classes', '3');
        $made = ['zoho_class_id' => '3', 'courseid' => $this->course->id, 'state' => 'filling'];
        $id = $DB->insert_record('local_mzi_class_courses', $made);
        $this->assertSame('no_class', $look()[2]);
        $DB->set_field('local_mzi_class_courses', 'state', 'ready', ['id' => $id]);
        $this->assertSame([null, '3', 'ambiguous_student'], $look());
    }

    public function test_a_batch_of_any_size_takes_the_same_number_of_queries(): void {
        global $DB;
        $this->teach();
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'student');
        \core\event\user_updated::create_from_userid($this->user->id)->trigger();
        $cost = function () use ($DB): int {
            $rows = $DB->get_records('local_mzi_outbox');
            $before = $DB->perf_get_queries();
            (new composed_payloads())->compose($rows);
            return $DB->perf_get_queries() - $before;
        };
        $cost();
        $few = $cost();
        foreach (range(1, 15) as $number) {
            $user = $this->getDataGenerator()->create_user();
            $this->generator->student([], (int) $user->id);
            $this->getDataGenerator()->enrol_user($user->id, $this->course->id, 'student');
            \core\event\user_updated::create_from_userid($user->id)->trigger();
        }

        $this->assertSame($few, $cost());
    }

    public function test_one_event_that_cannot_be_read_keeps_no_other_back(): void {
        global $DB;
        \core\event\user_updated::create_from_userid($this->user->id)->trigger();
        $good = $DB->get_record('local_mzi_outbox', ['event_type' => 'user_updated']);
        $bad = clone $good;
        $bad->reference = '{}';
        $strange = clone $good;
        $strange->event_type = 'moon_landing';
        $broken = clone $good;
        $broken->reference = '{';

        $composed = (new composed_payloads())->compose([1 => $good, 2 => $bad, 3 => $strange, 4 => $broken]);

        $this->assertSame((int) $this->user->id, $composed[1]->data['userid']);
        $this->assertEquals(composed::wait('compose_fault'), $composed[2]);
        $this->assertDebuggingCalled();
        $this->assertSame(['unknown_event', 'unknown_event'], [$composed[3]->reason, $composed[4]->reason]);
    }
}
