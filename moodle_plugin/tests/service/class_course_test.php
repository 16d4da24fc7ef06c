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

use local_mzi\repository\class_course_repository;
use local_mzi\task\make_courses;

/**
 * Courses of classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\class_course
 * @covers     \local_mzi\service\course_template
 * @covers     \local_mzi\repository\class_course_repository
 * @covers     \local_mzi\local\course_settings
 * @covers     \local_mzi\task\make_courses
 */
final class class_course_test extends \advanced_testcase {
    /** A class that runs. */
    private const CLASS_VALUES = [
        'class_number' => 'CL-7',
        'name' => 'Programming, spring',
        'short_name' => 'PRG-1',
        'status' => 'Active',
        'start_date' => '2026-03-01',
        'end_date' => '2026-06-30',
    ];

    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        set_config('makecourses', 1, 'local_mzi');
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * Writes a class, and has courses made.
     *
     * @param array $values others
     * @param string $id
     */
    private function bring(array $values = [], string $id = 'C1'): void {
        $this->generator->upsert('classes', $id, $values + self::CLASS_VALUES);
        $this->make();
    }

    /**
     * Has courses made by the task that was queued.
     */
    private function make(): void {
        ob_start();
        $this->runAdhocTasks(make_courses::class);
        ob_end_clean();
    }

    /**
     * The courses but the front page.
     *
     * @return \stdClass[]
     */
    private static function courses(): array {
        global $DB;
        return array_values($DB->get_records_select('course', 'id <> ?', [SITEID], 'id'));
    }

    /**
     * What the CRM is told of courses.
     *
     * @return array[]
     */
    private static function told(): array {
        global $DB;
        $rows = $DB->get_records('local_mzi_outbox', ['event_type' => 'class_linked'], 'id');
        return array_map(fn(\stdClass $row) => json_decode($row->payload, true), array_values($rows));
    }

    public function test_a_class_that_runs_gets_one_course_and_the_crm_learns_of_it(): void {
        $this->bring();

        [$course] = self::courses();
        $this->assertSame(
            ['Programming, spring', 'PRG-1', 'C1', site_day::start('2026-03-01'), site_day::start('2026-06-30', 1)],
            [$course->fullname, $course->shortname, $course->idnumber, (int) $course->startdate, (int) $course->enddate]
        );
        $this->assertSame([['zoho_class_id' => 'C1', 'courseid' => (int) $course->id]], self::told());
        $this->bring(['classroom' => 'A-1', 'modified_time' => 1001]);
        make_courses::queue();
        $this->make();
        $this->assertCount(1, self::courses());
        $this->assertCount(1, self::told());
    }

    public function test_without_the_setting_there_is_no_course(): void {
        set_config('makecourses', 0, 'local_mzi');
        $this->bring();
        make_courses::queue();
        $this->make();

        $this->assertSame([], self::courses());
    }

    public function test_only_a_class_that_runs_gets_a_course(): void {
        $this->bring(['status' => 'Planned']);
        $this->assertSame([], self::courses());

        $this->bring(['status' => 'Active', 'modified_time' => 1001]);
        $this->assertCount(1, self::courses());
    }

    public function test_a_class_whose_course_the_crm_names_gets_no_other(): void {
        $course = $this->getDataGenerator()->create_course();
        $this->bring(['moodle_course_id' => (int) $course->id]);

        $this->assertCount(1, self::courses());
        $this->assertSame([], self::told());
    }

    public function test_a_course_with_the_id_of_the_class_is_taken(): void {
        global $DB;
        $course = $this->getDataGenerator()->create_course(['idnumber' => 'C1']);
        $this->bring();

        $this->assertCount(1, self::courses());
        $this->assertSame([['zoho_class_id' => 'C1', 'courseid' => (int) $course->id]], self::told());
        $this->assertSame('ready', $DB->get_field('local_mzi_class_courses', 'state', []));
    }

    public function test_the_category_is_that_of_the_programme_or_of_the_setting(): void {
        $set = $this->getDataGenerator()->create_category();
        $programme = $this->getDataGenerator()->create_category();
        set_config('coursecategory', $set->id, 'local_mzi');
        $this->generator->upsert('programs', 'P1', ['name' => 'Computing', 'moodle_category_id' => (int) $programme->id]);
        $this->generator->upsert('programs', 'P2', ['name' => 'Art', 'moodle_category_id' => 999999]);
        $this->bring(['zoho_program_id' => 'P1'], 'C1');
        $this->bring(['zoho_program_id' => 'P2'], 'C2');
        set_config('coursecategory', 999999, 'local_mzi');
        $this->bring(['zoho_program_id' => null], 'C3');

        $this->assertEquals(
            [$programme->id, $set->id, \core_course_category::get_default()->id],
            array_column(self::courses(), 'category')
        );
        // The same short name thrice.
        $this->assertSame(['PRG-1', 'PRG-1 (C2)', 'PRG-1 (C3)'], array_column(self::courses(), 'shortname'));
    }

    public function test_dates_the_wrong_way_round_are_no_obstacle(): void {
        $this->bring(['start_date' => '2026-06-30', 'end_date' => '2026-03-01', 'name' => null, 'short_name' => ' ']);

        [$course] = self::courses();
        $this->assertEquals(['CL-7', 0], [$course->fullname, $course->enddate]);
    }

    public function test_the_content_of_the_template_is_copied_but_nobody_in_it(): void {
        $template = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->create_module('page', ['course' => $template->id, 'name' => 'Welcome']);
        $this->getDataGenerator()->create_and_enrol($template);
        set_config('coursetemplate', $template->id, 'local_mzi');

        $this->bring();

        $course = self::courses()[1];
        $this->assertSame(['Programming, spring', 'C1'], [$course->fullname, $course->idnumber]);
        $this->assertSame(['Welcome'], array_values(array_map(fn($cm) => $cm->name, get_fast_modinfo($course)->get_cms())));
        $this->assertFalse(\core\di::get(class_course_repository::class)->has_people((int) $course->id));
    }

    public function test_a_course_that_was_left_half_filled_is_filled_anew(): void {
        global $DB;
        $template = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->create_module('page', ['course' => $template->id, 'name' => 'Welcome']);
        set_config('coursetemplate', $template->id, 'local_mzi');
        $half = $this->getDataGenerator()->create_course(['idnumber' => 'C1']);
        $this->getDataGenerator()->create_module('page', ['course' => $half->id, 'name' => 'Half']);
        \core\di::get(class_course_repository::class)->add('C1', (int) $half->id);

        $this->bring();

        $this->assertCount(2, self::courses());
        $names = array_map(fn($cm) => $cm->name, get_fast_modinfo($half->id)->get_cms());
        $this->assertSame(['Welcome'], array_values($names));
        $this->assertSame('ready', $DB->get_field('local_mzi_class_courses', 'state', []));
    }

    public function test_a_course_that_somebody_deleted_is_made_again(): void {
        $this->bring();
        [$course] = self::courses();
        delete_course($course, false);

        make_courses::queue();
        $this->make();

        $this->assertCount(1, self::courses());
        $this->assertCount(2, self::told());
    }

    public function test_students_come_in_when_the_course_is_ready(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        $this->generator->upsert('students', 'S1', ['status' => 'Active', 'moodle_user_id' => (int) $user->id]);
        $this->generator->upsert('enrollments', 'E1', ['zoho_student_id' => 'S1', 'zoho_class_id' => 'C1']);
        $repair = \core\di::get(enrolment_repair::class);
        $repair->run_due();
        $this->assertSame('pending_course', $DB->get_field('local_mzi_enrollments', 'moodle_enrolment_state', []));

        $this->bring();
        $repair->run_due();

        $this->assertSame('enrolled', $DB->get_field('local_mzi_enrollments', 'moodle_enrolment_state', []));
        $this->assertTrue(is_enrolled(\core\context\course::instance(self::courses()[0]->id), $user));
    }
}
