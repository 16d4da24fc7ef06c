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

namespace local_mzi\external;

use local_mzi\event\grade_acknowledged;
use local_mzi\local\student;

/**
 * Acknowledging grades.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\external\acknowledge_grade
 * @covers     \local_mzi\service\acknowledgement
 * @covers     \local_mzi\event\grade_acknowledged
 * @covers     \local_mzi\repository\grade_repository
 */
final class acknowledge_grade_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var \stdClass the user of the student */
    private \stdClass $user;

    /** @var student whose grades they are */
    private student $student;

    /** @var \frozen_clock the site's clock */
    private \frozen_clock $clock;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->clock = $this->mock_clock_with_frozen(50000);
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->generator->student([], (int) $this->user->id);
        $this->setUser($this->user);
    }

    /**
     * Writes a grade of the student.
     *
     * @param string $id
     * @param array $values
     * @return int id of the row
     */
    private function grade(string $id, array $values = []): int {
        global $DB;
        $this->generator->upsert('grades', $id, $values + [
            'zoho_student_id' => $this->student->zohoid,
            'grade' => 'M',
            'grade_status' => 'Released',
            'attempt_number' => 1,
        ]);
        return (int) $DB->get_field('local_mzi_grades', 'id', ['zoho_grade_id' => $id]);
    }

    /**
     * Calls the function as a browser does.
     *
     * @param int $id
     * @param string $grade
     * @return array
     */
    private function acknowledge(int $id, string $grade = 'M'): array {
        $answer = acknowledge_grade::execute($id, $grade);
        return \core_external\external_api::clean_returnvalue(acknowledge_grade::execute_returns(), $answer);
    }

    /**
     * The code of the refusal.
     *
     * @param int $id
     * @param string $grade
     * @return string
     */
    private function refusal(int $id, string $grade = 'M'): string {
        try {
            $this->acknowledge($id, $grade);
        } catch (\moodle_exception $refusal) {
            return $refusal->errorcode . $refusal->getMessage();
        }
        $this->fail('nothing was refused');
    }

    public function test_it_is_noted_with_its_time_for_this_attempt_only_and_an_event_tells(): void {
        global $DB;
        $first = $this->grade('g1');
        $second = $this->grade('g2', ['attempt_number' => 2]);
        $sink = $this->redirectEvents();

        $answer = $this->acknowledge($first);

        $this->assertSame(50000, $answer['acknowledged_at']);
        $this->assertStringContainsString(userdate(50000, get_string('strftimedatetime', 'langconfig')), $answer['text']);
        $this->assertEquals(50000, $DB->get_field('local_mzi_grades', 'acknowledged_at', ['id' => $first]));
        $this->assertNull($DB->get_field('local_mzi_grades', 'acknowledged_at', ['id' => $second]));
        [$event] = $sink->get_events();
        $this->assertInstanceOf(grade_acknowledged::class, $event);
        $this->assertEquals([$first, $this->user->id], [$event->objectid, $event->relateduserid]);
        $this->assertStringContainsString("'$first'", $event->get_description());
        $this->assertEquals($this->student->id, $event->get_url()->param('student'));
    }

    public function test_the_first_time_stands(): void {
        $id = $this->grade('g1');
        $this->acknowledge($id);
        $this->clock->bump(100);
        $sink = $this->redirectEvents();

        $this->assertSame(50000, $this->acknowledge($id)['acknowledged_at']);
        $this->assertSame([], $sink->get_events());
    }

    public function test_only_what_the_page_showed_is_acknowledged(): void {
        global $DB;
        $id = $this->grade('g1');
        $this->assertStringStartsWith('grades_changed', $this->refusal($id, 'D'));
        $this->assertStringStartsWith('grades_changed', $this->refusal($id, ''));
        $this->assertNull($DB->get_field('local_mzi_grades', 'acknowledged_at', ['id' => $id]));
        $this->assertStringStartsWith('grades_changed', $this->refusal($this->grade('g2', ['grade' => null]), ''));
    }

    public function test_whatever_the_crm_has_as_a_grade_can_be_acknowledged(): void {
        foreach (['<b>', 'A < B', "\u{202E}<script>\u{1F393}", 'مؤجل'] as $index => $grade) {
            $this->assertSame(50000, $this->acknowledge($this->grade("x$index", ['grade' => $grade]), $grade)['acknowledged_at']);
        }
    }

    public function test_a_changed_grade_can_be_acknowledged_again_and_an_update_keeps_what_stands(): void {
        global $DB;
        $id = $this->grade('g1');
        $this->acknowledge($id);
        $this->grade('g1', ['feedback' => 'More', 'modified_time' => 3000, 'read_time' => 4000]);
        $this->assertEquals(50000, $DB->get_field('local_mzi_grades', 'acknowledged_at', ['id' => $id]));

        $this->grade('g1', ['grade' => 'D', 'modified_time' => 5000, 'read_time' => 6000]);
        $this->assertStringStartsWith('grades_changed', $this->refusal($id, 'M'));
        $this->clock->set_to(60000);
        $this->assertSame(60000, $this->acknowledge($id, 'D')['acknowledged_at']);
        $this->assertSame('D', $DB->get_field('local_mzi_grades', 'acknowledged_grade', ['id' => $id]));
    }

    public function test_nobody_else_can_and_every_refusal_is_the_same(): void {
        global $DB;
        $id = $this->grade('g1');
        $hidden = $this->grade('g2', ['grade_status' => 'Ready for release']);
        $deleted = $this->grade('g3');
        $this->generator->delete('grades', 'g3', 5000);
        $orphan = $this->grade('g4', ['zoho_student_id' => null]);
        $said = [];
        foreach ([$hidden, $deleted, $orphan, 999999, 0, -1] as $refused) {
            $said[] = $this->refusal($refused);
        }
        $other = $this->getDataGenerator()->create_user();
        $this->generator->student([], (int) $other->id);
        $teacher = $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'editingteacher');
        foreach ([$other, $teacher] as $user) {
            $this->setUser($user);
            $said[] = $this->refusal($id);
        }
        $this->setAdminUser();
        $said[] = $this->refusal($id);
        $this->setGuestUser();
        $said[] = $this->refusal($id);

        $this->assertCount(1, array_unique($said));
        $this->assertStringStartsWith('nostudent', $said[0]);
        $this->assertSame(0, $DB->count_records_select('local_mzi_grades', 'acknowledged_at IS NOT NULL'));
    }

    public function test_the_browser_and_the_app_may_call_it_and_the_bridge_may_not(): void {
        global $DB;
        $function = \core_external\external_api::external_function_info('local_mzi_acknowledge_grade');
        $this->assertTrue($function->allowed_from_ajax);
        $this->assertTrue($function->loginrequired);
        $services = $DB->get_fieldset_sql(
            'SELECT s.shortname FROM {external_services} s JOIN {external_services_functions} f ON f.externalserviceid = s.id
              WHERE f.functionname = ?',
            ['local_mzi_acknowledge_grade']
        );
        $this->assertSame([MOODLE_OFFICIAL_MOBILE_SERVICE], $services);
    }
}
