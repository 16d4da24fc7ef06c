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
use local_mzi\local\outcome;
use local_mzi\local\plain_text;

/**
 * What the bridge gets of grades: each attempt as it counts, only of classes, and only when it is released.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\payload\grade_payload
 * @covers     \local_mzi\service\payload\grade_marks
 * @covers     \local_mzi\local\grade_mark
 * @covers     \local_mzi\local\outcome
 * @covers     \local_mzi\local\plain_text
 * @covers     \local_mzi\repository\grade_facts_repository
 * @covers     \local_mzi\repository\advanced_grading_repository
 */
final class grade_payload_test extends \advanced_testcase {
    /** @var \local_mzi_generator records as the bridge sends them */
    private \local_mzi_generator $generator;

    /** @var \stdClass where somebody is taught */
    private \stdClass $course;

    /** @var \stdClass who is taught */
    private \stdClass $user;

    /** @var \stdClass who teaches */
    private \stdClass $teacher;

    /** @var string CRM id of the student */
    private string $student;

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        parent::setUp();
        require_once($CFG->libdir . '/gradelib.php');
        require_once($CFG->dirroot . '/mod/assign/locallib.php');
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->course = $this->getDataGenerator()->create_course();
        $this->user = $this->getDataGenerator()->create_and_enrol($this->course, 'student');
        $names = ['firstname' => 'Grace', 'lastname' => 'Hopper'];
        $this->teacher = $this->getDataGenerator()->create_and_enrol($this->course, 'editingteacher', $names);
        $this->student = $this->generator->student([], (int) $this->user->id)->zohoid;
        $class = ['moodle_course_id' => (int) $this->course->id, 'unit_name' => 'Unit 1'];
        $this->generator->upsert('classes', '77', $class);
        $this->generator->upsert('enrollments', '88', ['zoho_student_id' => $this->student, 'zoho_class_id' => '77']);
        $this->setUser($this->teacher);
    }

    /**
     * Makes an assignment.
     *
     * @param array $values
     * @return \assign
     */
    private function assignment(array $values = []): \assign {
        $made = $this->getDataGenerator()->create_module('assign', $values + [
            'course' => $this->course->id,
            'name' => 'Unit 1 report',
            'grade' => 100,
            'assignfeedback_comments_enabled' => 1,
            'attemptreopenmethod' => 'manual',
            'maxattempts' => -1,
        ]);
        return new \assign(\core\context\module::instance($made->cmid), null, $this->course);
    }

    /**
     * Grades an attempt.
     *
     * @param \assign $work
     * @param float $points
     * @param int $attempt from 0
     * @param string $comment HTML
     * @return \stdClass the row of assign_grades
     */
    private function grade(\assign $work, float $points, int $attempt = 0, string $comment = ''): \stdClass {
        global $DB;
        $work->get_user_submission($this->user->id, true, $attempt);
        $grade = $work->get_user_grade($this->user->id, true, $attempt);
        $grade->grade = $points;
        $grade->grader = $this->teacher->id;
        if ($comment !== '') {
            $DB->insert_record('assignfeedback_comments', [
                'assignment' => $work->get_instance()->id,
                'grade' => $grade->id,
                'commenttext' => $comment,
                'commentformat' => FORMAT_HTML,
            ]);
        }
        $work->update_grade($grade);
        return $grade;
    }

    /**
     * What comes of the noted grades.
     *
     * @return composed[] in order
     */
    private function composed(): array {
        global $DB;
        $rows = $DB->get_records_select('local_mzi_outbox', "record_key LIKE 'grade:%'", [], 'id');
        $composed = (new composed_payloads())->compose($rows);
        ksort($composed);
        return array_values($composed);
    }

    /**
     * Some values of what comes of the noted grades; of those that are not told the reason.
     *
     * @param string ...$names
     * @return array
     */
    private function told(string ...$names): array {
        $some = fn(composed $one) => array_map(fn(string $name) => $one->data[$name], $names);
        return array_map(fn(composed $one) => $one->reason ?? $some($one), $this->composed());
    }

    public function test_a_graded_attempt_is_told_whole_and_alike_by_both_of_its_events(): void {
        global $DB;
        $work = $this->assignment();
        $grade = $this->grade($work, 65, comment: '<p>Well <b>done</b> &amp; clear.</p><p>أحسنت</p>');
        $instance = (int) $work->get_instance()->id;
        $item = $DB->get_record('grade_items', ['itemmodule' => 'assign', 'iteminstance' => $instance]);
        $booked = $DB->get_record('grade_grades', ['itemid' => $item->id, 'userid' => $this->user->id]);

        [$first, $second] = $this->composed();

        $this->assertEquals($first, $second);
        $this->assertSame([
            'gradeid' => (int) $booked->id,
            'userid' => (int) $this->user->id,
            'itemid' => (int) $item->id,
            'itemname' => 'Unit 1 report',
            'itemtype' => 'mod',
            'itemmodule' => 'assign',
            'iteminstance' => $instance,
            'courseid' => (int) $this->course->id,
            'attempt' => 1,
            'finalgrade' => '65.00000',
            'grademax' => '100.00000',
            'scale' => null,
            'scaletext' => null,
            'scalecount' => null,
            'feedback' => "Well done & clear.\n\nأحسنت",
            'grader' => 'Grace Hopper',
            'graderid' => (int) $this->teacher->id,
            'grader_role' => 'editingteacher',
            'timecreated' => (int) $grade->timecreated,
            'timemodified' => (int) $DB->get_field('assign_grades', 'timemodified', ['id' => $grade->id]),
            'dategraded' => userdate((int) $grade->timemodified, '%Y-%m-%d'),
            'key' => "{$this->user->id}_{$this->course->id}_{$instance}_1",
            'crm' => ['student_id' => $this->student, 'class_id' => '77', 'grade_id' => null, 'unit_name' => 'Unit 1'],
            'outcomes' => [],
        ], $first->data);
    }

    public function test_the_day_is_the_schools(): void {
        global $DB;
        $this->setTimezone('Asia/Amman');
        $this->grade($this->assignment(), 65);
        $DB->set_field('assign_grades', 'timemodified', strtotime('2026-11-21T22:30:00Z'));
        $this->assertSame([['2026-11-22'], ['2026-11-22']], $this->told('dategraded'));
    }

    public function test_each_attempt_is_a_grade_of_its_own(): void {
        $work = $this->assignment();
        $this->grade($work, 30);
        $this->grade($work, 80, 1);
        $instance = $work->get_instance()->id;
        $key = "{$this->user->id}_{$this->course->id}_{$instance}";

        $told = array_values(array_unique($this->told('key', 'attempt', 'finalgrade'), SORT_REGULAR));

        // The gradebook's own event is about the latest attempt, whenever it was noted.
        $this->assertEqualsCanonicalizing([["{$key}_1", 1, '30.00000'], ["{$key}_2", 2, '80.00000']], $told);
    }

    public function test_a_grade_that_the_crm_has_is_named(): void {
        $work = $this->assignment();
        $this->grade($work, 65);
        $key = "{$this->user->id}_{$this->course->id}_{$work->get_instance()->id}_1";
        $this->generator->upsert('grades', '555', ['moodle_grade_key' => $key]);

        $this->assertSame('555', $this->composed()[0]->data['crm']['grade_id']);
    }

    public function test_a_grade_that_is_not_released_is_not_told(): void {
        global $DB;
        $work = $this->assignment(['markingworkflow' => 1]);
        $this->grade($work, 65);
        $this->assertSame(['not_released'], array_values(array_unique($this->told('finalgrade'))));

        $flags = $work->get_user_flags($this->user->id, true);
        $flags->workflowstate = ASSIGN_MARKING_WORKFLOW_STATE_READYFORRELEASE;
        $work->update_user_flags($flags);
        $this->assertSame(['not_released'], array_values(array_unique($this->told('finalgrade'))));
        $flags->workflowstate = ASSIGN_MARKING_WORKFLOW_STATE_RELEASED;
        $work->update_user_flags($flags);
        $this->assertSame(['65.00000'], array_values(array_unique(array_column($this->told('finalgrade'), 0))));

        $DB->set_field('assign', 'blindmarking', 1, ['id' => $work->get_instance()->id]);
        $this->assertSame(['not_released'], array_values(array_unique($this->told('finalgrade'))));
    }

    public function test_what_a_teacher_put_into_the_gradebook_counts_for_the_latest_attempt_alone(): void {
        global $DB;
        $work = $this->assignment();
        $first = $this->grade($work, 30);
        $this->grade($work, 50, 1);
        $DB->delete_records('local_mzi_outbox');
        $item = \grade_item::fetch(['itemmodule' => 'assign', 'iteminstance' => $work->get_instance()->id]);
        $item->update_final_grade($this->user->id, 90, 'gradebook', 'Better than that', FORMAT_PLAIN, $this->teacher->id);
        $first = $DB->get_record('assign_grades', ['id' => $first->id]);
        \mod_assign\event\submission_graded::create_from_grade($work, $first)->trigger();

        $told = array_unique($this->told('attempt', 'finalgrade', 'feedback'), SORT_REGULAR);
        $this->assertContains([2, '90.00000', 'Better than that'], $told);
        $this->assertContains([1, '30.00000', null], $told);
        $this->assertCount(2, $told);
    }

    public function test_a_grade_without_an_attempt_is_the_first(): void {
        $item = new \grade_item($this->getDataGenerator()->create_grade_item([
            'courseid' => $this->course->id,
            'itemname' => 'Interview',
            'grademax' => 20,
        ]), false);
        $item->update_final_grade($this->user->id, 14, 'gradebook', false, FORMAT_MOODLE, $this->teacher->id);
        $key = "{$this->user->id}_{$this->course->id}_i{$item->id}_1";

        $names = ['key', 'attempt', 'finalgrade', 'grademax', 'itemtype', 'itemmodule', 'grader'];
        $this->assertSame([[$key, 1, '14.00000', '20.00000', 'manual', null, 'Grace Hopper']], $this->told(...$names));
    }

    public function test_a_scale_tells_its_word_and_how_many_there_are(): void {
        $scale = $this->getDataGenerator()->create_scale(['scale' => 'Refer, Pass,Merit ,Distinction']);
        $work = $this->assignment(['grade' => -$scale->id]);
        $this->grade($work, 3);

        $this->assertSame(
            [(int) $scale->id, 'Merit', 4],
            $this->told('scale', 'scaletext', 'scalecount')[0]
        );
        $this->assertEquals(3, $this->told('finalgrade')[0][0]);
    }

    public function test_a_grade_that_was_taken_back_is_none(): void {
        $work = $this->assignment();
        $this->grade($work, -1);

        $this->assertSame([null], array_values(array_unique(array_column($this->told('finalgrade'), 0))));
    }

    public function test_of_courses_that_are_no_class_nothing_leaves_and_a_student_to_come_is_waited_for(): void {
        $work = $this->assignment();
        $this->grade($work, 65);
        $this->generator->delete_all('students', [$this->student], 5000);
        $this->assertEquals(composed::wait('no_student'), $this->composed()[0]);

        $this->generator->delete_all('classes', ['77'], 5000);
        $this->assertEquals(composed::skip('no_class'), $this->composed()[0]);
    }

    public function test_a_grade_that_is_gone_is_not_told(): void {
        $work = $this->assignment();
        $this->grade($work, 65);
        course_delete_module($work->get_course_module()->id);

        $this->assertSame(['gone'], array_values(array_unique($this->told('finalgrade'))));
    }

    public function test_the_role_that_counts_is_the_most_important_one_of_the_grader(): void {
        $role = $this->getDataGenerator()->create_role(['shortname' => 'internalverifier']);
        $verifier = $this->getDataGenerator()->create_user();
        role_assign($role, $verifier->id, \core\context\course::instance($this->course->id));
        $this->teacher = $verifier;
        $this->grade($this->assignment(), 65);

        $this->assertSame([(int) $verifier->id, 'internalverifier'], $this->told('graderid', 'grader_role')[0]);
    }

    public function test_a_marking_guide_tells_its_criteria(): void {
        $work = $this->assignment();
        $forms = $this->getDataGenerator()->get_plugin_generator('gradingform_guide');
        $criterion = fn(string $description) => ['description' => $description, 'descriptionmarkers' => '', 'maxscore' => 10];
        $guide = $forms->create_instance($work->get_context(), 'mod_assign', 'submissions', 'Guide', '', [
            'P1 Explain' => $criterion('<p>Explains it</p>'),
            'Second' => $criterion('Reaches M12 in all'),
            'A name that is much longer than a code' => $criterion('Neither'),
        ]);
        $grade = $this->grade($work, 65);
        $instance = $guide->get_or_create_instance(0, $this->teacher->id, $grade->id);
        $instance->submit_and_get_grade($forms->get_submitted_form_data($guide, (int) $grade->id, [
            'P1 Explain' => ['score' => 10, 'remark' => '<b>Good</b>'],
            'Second' => ['score' => 5, 'remark' => ''],
            'A name that is much longer than a code' => ['score' => 0, 'remark' => 'No'],
        ]), $grade->id);

        $outcomes = $this->composed()[0]->data['outcomes'];

        $this->assertSame(['P1', 'M12', 'A name that is much '], array_column($outcomes, 'code'));
        $this->assertSame(['Achieved', 'Partially Achieved', 'Not Achieved'], array_column($outcomes, 'score'));
        $this->assertSame(['Good', null, 'No'], array_column($outcomes, 'feedback'));
        $this->assertSame(['Explains it', 'Reaches M12 in all', 'Neither'], array_column($outcomes, 'definition'));
        $this->assertSame(['10.00000', '10.00000'], [$outcomes[0]['points'], $outcomes[0]['maxpoints']]);
    }

    public function test_a_rubric_tells_the_levels_that_were_reached(): void {
        $work = $this->assignment();
        $forms = $this->getDataGenerator()->get_plugin_generator('gradingform_rubric');
        $levels = ['Nothing' => 0, 'Something' => 1, 'All of it' => 2];
        $rubric = $forms->create_instance($work->get_context(), 'mod_assign', 'submissions', 'Rubric', '', [
            'P1 Explain' => $levels,
            'M1 Compare' => $levels,
            'D1 Judge' => $levels,
        ]);
        $grade = $this->grade($work, 65);
        $instance = $rubric->get_or_create_instance(0, $this->teacher->id, $grade->id);
        $instance->submit_and_get_grade($forms->get_submitted_form_data($rubric, (int) $grade->id, [
            'P1 Explain' => ['score' => 2, 'remark' => 'Yes'],
            'M1 Compare' => ['score' => 1, 'remark' => ''],
            'D1 Judge' => ['score' => 0, 'remark' => ''],
        ]), $grade->id);

        $outcomes = $this->composed()[0]->data['outcomes'];

        $this->assertSame(['P1', 'M1', 'D1'], array_column($outcomes, 'code'));
        $this->assertSame(['Achieved', 'Partially Achieved', 'Not Achieved'], array_column($outcomes, 'score'));
        $this->assertSame(['All of it', 'Something', 'Nothing'], array_column($outcomes, 'definition'));
        $this->assertSame('P1 Explain', $outcomes[0]['title']);
    }

    public function test_a_criterion_of_one_level_is_achieved(): void {
        $this->assertSame('Achieved', outcome::of('P1', '', '', '0', '0', '0', null)->values['score']);
    }

    public function test_text_is_plain_and_not_without_end(): void {
        $this->assertNull(plain_text::of(null));
        $this->assertNull(plain_text::of('<p> </p>'));
        $this->assertSame('a & b', plain_text::of('a &amp; b'));
        $html = '<h3>Title</h3><p>One <b>two</b> <em>three</em> <a href="https://example.org">four</a></p><br>5 &lt; 6';
        $this->assertSame("Title\n\nOne two three four\n\n5 < 6", plain_text::of($html));
        $this->assertSame(plain_text::MAX_LENGTH, \core_text::strlen(plain_text::of(str_repeat('ع', 40000))));
    }

    public function test_a_batch_of_any_size_takes_the_same_number_of_queries(): void {
        global $DB;
        $work = $this->assignment();
        $this->grade($work, 65);
        $cost = function () use ($DB): int {
            $rows = $DB->get_records_select('local_mzi_outbox', "record_key LIKE 'grade:%'");
            $before = $DB->perf_get_queries();
            (new composed_payloads())->compose($rows);
            return $DB->perf_get_queries() - $before;
        };
        $cost();
        $few = $cost();
        foreach (range(1, 8) as $number) {
            $this->user = $this->getDataGenerator()->create_and_enrol($this->course, 'student');
            $this->generator->student([], (int) $this->user->id);
            $this->grade($work, 10 * $number);
        }

        $this->assertSame($few, $cost());
    }
}
