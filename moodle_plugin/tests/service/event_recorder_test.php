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

use local_mzi\local\event_type;
use local_mzi\observer;

/**
 * What happens in Moodle leaves one row with ids, or none.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\observer
 * @covers     \local_mzi\service\event_recorder
 * @covers     \local_mzi\service\observer_faults
 * @covers     \local_mzi\local\event_type
 * @covers     \local_mzi\repository\outbox_repository
 */
final class event_recorder_test extends \advanced_testcase {
    /** Now. */
    private const NOW = 1795000000;

    /** @var \stdClass where somebody is taught */
    private \stdClass $course;

    /** @var \stdClass who is taught */
    private \stdClass $user;

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        parent::setUp();
        require_once($CFG->dirroot . '/user/lib.php');
        require_once($CFG->libdir . '/gradelib.php');
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(self::NOW);
        $this->setAdminUser();
        $this->course = $this->getDataGenerator()->create_course(['enablecompletion' => 1]);
        $this->user = $this->getDataGenerator()->create_user();
        $this->forget();
    }

    /**
     * Empties the outbox.
     */
    private function forget(): void {
        global $DB;
        $DB->delete_records('local_mzi_outbox');
    }

    /**
     * What was noted.
     *
     * @return array[] type, key, reference, subject and status, in order
     */
    private function noted(): array {
        global $DB;
        return array_map(fn(\stdClass $row) => [
            $row->event_type,
            $row->record_key,
            json_decode($row->reference, true),
            (int) $row->moodle_user_id,
            $row->status,
        ], array_values($DB->get_records('local_mzi_outbox', null, 'id')));
    }

    /**
     * The event of a change of our user.
     *
     * @return \core\event\base
     */
    private function change(): \core\event\base {
        return \core\event\user_updated::create_from_userid($this->user->id);
    }

    /**
     * A manual enrolment of our user.
     *
     * @param string $method
     * @return \stdClass the row of user_enrolments
     */
    private function enrol(string $method = 'manual'): \stdClass {
        global $DB;
        $this->getDataGenerator()->enrol_user($this->user->id, $this->course->id, 'student', $method);
        return $DB->get_record('user_enrolments', ['userid' => $this->user->id], '*', MUST_EXIST);
    }

    public function test_users_are_noted_when_they_are_made_and_changed(): void {
        global $DB;
        $id = user_create_user((object) ['username' => 'new', 'email' => 'new@example.com', 'mnethostid' => 1], false);
        user_update_user((object) ['id' => $id, 'city' => 'Amman'], false);

        $this->assertSame([
            ['user_created', "user:$id", ['userid' => $id], $id, 'queued'],
            ['user_updated', "user:$id", ['userid' => $id], $id, 'queued'],
        ], $this->noted());
        $row = $DB->get_record('local_mzi_outbox', ['event_type' => 'user_created']);
        $this->assertMatchesRegularExpression('/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-\w{12}$/', $row->event_id);
        $this->assertNull($row->payload);
        $this->assertEquals([self::NOW, 0], [$row->next_attempt, $row->attempts]);
        $this->assertEqualsWithDelta(time(), $row->occurred_at, 60);
    }

    public function test_an_enrolment_is_noted_from_its_beginning_to_its_end(): void {
        $enrolment = $this->enrol();
        $manual = enrol_get_plugin('manual');
        $instance = array_values(enrol_get_instances($this->course->id, true))[0];
        $manual->update_user_enrol($instance, $this->user->id, ENROL_USER_SUSPENDED, 0, 1900000000);
        $manual->unenrol_user($instance, $this->user->id);

        $about = ['ueid' => (int) $enrolment->id, 'userid' => (int) $this->user->id, 'courseid' => (int) $this->course->id];
        $noted = array_filter($this->noted(), fn(array $row) => str_starts_with($row[0], 'user_enrolment'));
        $this->assertSame(
            ['user_enrolment_created', 'user_enrolment_updated', 'user_enrolment_deleted'],
            array_column($noted, 0)
        );
        $this->assertSame(["enrolment:{$enrolment->id}"], array_values(array_unique(array_column($noted, 1))));
        [$created, $updated, $deleted] = array_column($noted, 2);
        $this->assertSame([$about, $about], [$created, $updated]);
        $this->assertSame($about, array_intersect_key($deleted, $about));
        $this->assertSame('manual', $deleted['enrol']);
        $this->assertSame(1, $deleted['last']['status']);
        $this->assertSame(1900000000, $deleted['last']['timeend']);
    }

    public function test_a_grade_of_an_assignment_is_noted_by_both_of_its_events_under_one_key(): void {
        global $DB;
        $this->enrol();
        $assign = $this->getDataGenerator()->create_module('assign', ['course' => $this->course->id, 'grade' => 100]);
        $context = \core\context\module::instance($assign->cmid);
        $this->forget();

        $work = new \assign($context, get_coursemodule_from_id('assign', $assign->cmid), $this->course);
        $grade = $work->get_user_grade($this->user->id, true);
        $grade->grade = 65;
        $work->update_grade($grade);

        $userid = (int) $this->user->id;
        $place = ['userid' => $userid, 'courseid' => (int) $this->course->id];
        $item = $DB->get_record('grade_items', ['itemtype' => 'mod', 'iteminstance' => $assign->id]);
        $gradeid = (int) $DB->get_field('grade_grades', 'id', ['itemid' => $item->id, 'userid' => $userid]);
        $key = "grade:$userid:{$this->course->id}";
        $this->assertSame([
            ['user_graded', $key, ['gradeid' => $gradeid, 'itemid' => (int) $item->id] + $place, $userid, 'queued'],
            [
                'submission_graded',
                $key,
                ['assigngradeid' => (int) $grade->id, 'cmid' => (int) $assign->cmid] + $place,
                $userid,
                'queued',
            ],
        ], $this->noted());
    }

    public function test_sums_of_grades_are_no_grades(): void {
        $this->enrol();
        $item = \grade_item::fetch_course_item($this->course->id);
        $this->forget();

        $item->update_final_grade($this->user->id, 50);

        $this->assertSame([], $this->noted());
    }

    public function test_work_that_was_handed_in_is_about_who_did_it(): void {
        $this->enrol();
        $assign = $this->getDataGenerator()->create_module('assign', ['course' => $this->course->id]);
        $work = new \assign(\core\context\module::instance($assign->cmid), null, $this->course);
        $submission = $work->get_user_submission($this->user->id, true);
        $this->forget();

        \mod_assign\event\assessable_submitted::create_from_submission($work, $submission, true)->trigger();
        $this->setUser($this->user);
        \mod_assign\event\assessable_submitted::create_from_submission($work, $submission, true)->trigger();

        $row = ['assessable_submitted', "submission:{$this->user->id}:{$assign->cmid}", [
            'submissionid' => (int) $submission->id,
            'cmid' => (int) $assign->cmid,
            'userid' => (int) $this->user->id,
            'courseid' => (int) $this->course->id,
        ], (int) $this->user->id, 'queued'];
        $this->assertSame([$row, $row], $this->noted());
    }

    public function test_a_completed_course_is_noted(): void {
        global $DB;
        $this->enrol();
        $this->forget();

        (new \completion_completion(['userid' => $this->user->id, 'course' => $this->course->id]))->mark_complete();

        $place = ['userid' => (int) $this->user->id, 'courseid' => (int) $this->course->id];
        $id = (int) $DB->get_field('course_completions', 'id', ['userid' => $this->user->id]);
        $key = "completion:{$this->user->id}:{$this->course->id}";
        $this->assertSame(
            [['course_completed', $key, ['completionid' => $id] + $place, (int) $this->user->id, 'queued']],
            $this->noted()
        );
    }

    public function test_noting_takes_one_insert_and_no_query(): void {
        global $DB;
        $event = $this->change();
        observer::record($event);
        [$reads, $writes] = [$DB->perf_get_reads(), $DB->perf_get_writes()];

        observer::record($event);

        $this->assertSame([0, 1], [$DB->perf_get_reads() - $reads, $DB->perf_get_writes() - $writes]);
    }

    /**
     * The events with a setting.
     *
     * @return array
     */
    public static function types(): array {
        return array_combine(
            array_column(event_type::observed(), 'value'),
            array_map(fn(event_type $type) => [$type], array_values(event_type::observed()))
        );
    }

    /**
     * Each type is switched off by its own setting, and on where nobody has said anything.
     *
     * @dataProvider types
     * @param event_type $type
     */
    public function test_each_type_has_a_switch_of_its_own(event_type $type): void {
        set_config($type->setting(), null, 'local_mzi');
        $this->assertTrue($type->is_on());
        set_config($type->setting(), 0, 'local_mzi');

        $off = array_filter(event_type::cases(), fn(event_type $one) => !$one->is_on());
        $this->assertSame([$type], array_values($off));
    }

    public function test_what_is_switched_off_leaves_no_row(): void {
        set_config('event_user_updated', 0, 'local_mzi');
        $this->change()->trigger();
        $this->assertSame([], $this->noted());

        set_config('event_user_updated', 1, 'local_mzi');
        $this->change()->trigger();
        $this->assertCount(1, $this->noted());
    }

    public function test_guests_the_bridge_and_what_the_crm_gave_are_no_news(): void {
        global $CFG, $DB;
        \core\event\user_updated::create_from_userid($CFG->siteguest)->trigger();
        set_config(bridge_account::USER_SETTING, $this->user->id, 'local_mzi');
        $this->change()->trigger();
        set_config(bridge_account::USER_SETTING, null, 'local_mzi');
        $enrolment = $this->enrol();
        $this->forget();
        \core\event\user_enrolment_updated::create([
            'objectid' => $enrolment->id,
            'courseid' => $this->course->id,
            'context' => \core\context\course::instance($this->course->id),
            'relateduserid' => $this->user->id,
            'other' => ['enrol' => 'mzi'],
        ])->trigger();

        $this->assertSame([], $this->noted());
        $this->assertNull(observer_faults::read());
    }

    public function test_what_is_rolled_back_leaves_no_row(): void {
        global $DB;
        $this->preventResetByRollback();
        $transaction = $DB->start_delegated_transaction();
        user_update_user((object) ['id' => $this->user->id, 'city' => 'Amman'], false);
        $this->assertCount(1, $this->noted());
        try {
            $transaction->rollback(new \coding_exception('Changed my mind'));
        } catch (\coding_exception $expected) {
            $this->assertSame([], $this->noted());
        }
    }

    /**
     * Lets noting fail.
     *
     * @param callable $fails
     */
    private function break_with(callable $fails): void {
        \core\di::set(event_recorder::class, new class ($fails) {
            /** @var \Closure what goes wrong */
            private \Closure $fails;

            /**
             * Constructor.
             *
             * @param callable $fails
             */
            public function __construct(callable $fails) {
                $this->fails = $fails(...);
            }

            /**
             * Fails.
             *
             * @param \core\event\base $event
             */
            public function record(\core\event\base $event): void {
                ($this->fails)();
            }
        });
    }

    public function test_an_observer_that_fails_breaks_nothing_and_is_remembered(): void {
        global $DB;
        $log = ini_set('error_log', $file = make_request_directory() . '/log');
        try {
            $this->break_with(fn() => intdiv(1, 0));
            user_update_user((object) ['id' => $this->user->id, 'city' => 'Amman'], false);
            // An error of the database inside the transaction of the user.
            $this->break_with(fn() => $DB->execute("INSERT INTO {local_mzi_outbox} (nowhere) VALUES ('Secret value')"));
            $transaction = $DB->start_delegated_transaction();
            user_update_user((object) ['id' => $this->user->id, 'country' => 'JO'], false);
            $transaction->allow_commit();
        } finally {
            ini_set('error_log', $log);
        }

        $user = $DB->get_record('user', ['id' => $this->user->id]);
        $this->assertSame(['Amman', 'JO'], [$user->city, $user->country]);
        $fault = observer_faults::read();
        $this->assertSame([2, self::NOW, \dml_write_exception::class], [$fault->count, $fault->last, $fault->class]);
        $this->assertStringContainsString('DivisionByZeroError at event_recorder_test.php', file_get_contents($file));
        $this->assertStringNotContainsString('Secret', file_get_contents($file));
        observer_faults::clear();
        $this->assertNull(observer_faults::read());
    }
}
