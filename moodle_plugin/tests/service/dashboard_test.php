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

use core\context\system;
use local_mzi\local\audience;
use local_mzi\local\student;
use local_mzi\local\tab;
use local_mzi\service\dashboard\academics_section;
use local_mzi\service\dashboard\classes_section;
use local_mzi\service\dashboard\dashboard;
use local_mzi\service\dashboard\profile_section;

/**
 * What the tabs know of a student.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\dashboard\dashboard
 * @covers     \local_mzi\service\dashboard\profile_section
 * @covers     \local_mzi\service\dashboard\academics_section
 * @covers     \local_mzi\service\dashboard\classes_section
 * @covers     \local_mzi\repository\programme_repository
 * @covers     \local_mzi\repository\class_repository
 * @covers     \local_mzi\repository\picture_repository
 */
final class dashboard_test extends \advanced_testcase {
    /** @var \local_mzi_generator records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->mock_clock_with_frozen(strtotime('2026-11-21 12:00:00 UTC'));
    }

    /**
     * The data of a tab.
     *
     * @param class-string $section
     * @param student $student
     * @param audience $audience
     * @return array
     */
    private static function data(string $section, student $student, audience $audience = audience::STUDENT): array {
        return \core\di::get($section)->data($student, $audience);
    }

    /**
     * Puts a student into a class.
     *
     * @param student $student
     * @param string $id of the class
     * @param array $values of the class
     * @param array $place of the student in it
     */
    private function attend(student $student, string $id, array $values = [], array $place = []): void {
        $this->generator->upsert('classes', $id, $values + ['name' => "Class $id"]);
        $this->generator->upsert('enrollments', "e$id", $place + ['zoho_student_id' => $student->zohoid, 'zoho_class_id' => $id]);
    }

    public function test_the_profile_tells_what_the_office_knows(): void {
        $student = $this->generator->student(['phone' => '+1 555 0100', 'birth_date' => '2003-02-28', 'status' => 'ACTIVE ']);

        $data = self::data(profile_section::class, $student);

        $this->assertSame('+1 555 0100', $data['phone']);
        $this->assertSame('2003-02-28', $data['birth_date']);
        $this->assertNull($data['address']);
        $this->assertTrue($data['active']);
        $this->assertNull($data['photo_url']);
    }

    public function test_only_the_end_of_the_national_number_is_told_unless_staff_may_see_it(): void {
        $student = $this->generator->student(['national_id' => '9991234567']);
        $this->setAdminUser();
        $this->assertSame('••••567', self::data(profile_section::class, $student)['national_id']);
        $this->assertSame('9991234567', self::data(profile_section::class, $student, audience::STAFF)['national_id']);
        $staff = $this->getDataGenerator()->create_user();
        role_assign($this->getDataGenerator()->create_role(['archetype' => 'manager']), $staff->id, system::instance());
        $this->setUser($staff);
        $this->assertSame('••••567', self::data(profile_section::class, $student, audience::STAFF)['national_id']);
    }

    public function test_a_new_photo_stands_beside_the_old_one(): void {
        global $DB;
        $student = $this->generator->student();
        $this->generator->upsert('requests', 'r1', ['zoho_student_id' => $student->zohoid]);
        $waits = "request-{$DB->get_field('local_mzi_requests', 'id', ['zoho_request_id' => 'r1'])}.jpg";
        foreach ([file_access::PHOTO => 'photo.jpg', file_access::PENDINGPHOTO => $waits] as $area => $name) {
            get_file_storage()->create_file_from_string([
                'contextid' => system::instance()->id,
                'component' => 'local_mzi',
                'filearea' => $area,
                'itemid' => $student->id,
                'filepath' => '/',
                'filename' => $name,
            ], $area);
        }
        $data = self::data(profile_section::class, $student);
        $this->assertStringContainsString("/local_mzi/photo/$student->id/photo.jpg?rev=", $data['photo_url']);
        $this->assertStringContainsString("/local_mzi/pendingphoto/$student->id/$waits", $data['pending_photo_url']);

        $this->generator->delete('requests', 'r1', 5000);
        $data = self::data(profile_section::class, $student);
        $this->assertNotNull($data['photo_url']);
        $this->assertNull($data['pending_photo_url']);
    }

    public function test_a_registration_has_its_units_in_order_with_the_best_released_grade(): void {
        $student = $this->generator->student();
        $of = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('programs', 'p1', ['name' => 'Computing', 'award' => 'Level 5']);
        $this->generator->upsert('registrations', 'r1', $of + ['zoho_program_id' => 'p1', 'registration_date' => '2025-09-01']);
        $this->generator->upsert('registrations', 'r2', $of + ['program_name' => 'Old', 'registration_date' => '2020-09-01']);
        foreach (['u10' => ['10', 'Later'], 'u2' => ['2', 'Earlier'], 'u3' => ['3', 'By name']] as $id => [$number, $name]) {
            $this->generator->upsert('units', $id, ['zoho_program_id' => 'p1', 'number' => $number, 'name' => $name]);
        }
        $this->generator->upsert('units', 'u9', ['zoho_program_id' => 'other', 'name' => 'Foreign']);
        $this->generator->upsert('classes', 'c2', ['zoho_unit_id' => 'u2']);
        $grades = [
            ['c2', 'R', 'Released'], ['c2', 'M', 'Released'], ['c2', 'D', 'In review'], [null, 'P', 'released ', 'by NAME'],
            ['c2', 'D', null],
        ];
        foreach ($grades as $index => $grade) {
            $this->generator->upsert('grades', "g$index", $of + [
                'zoho_class_id' => $grade[0], 'grade' => $grade[1], 'grade_status' => $grade[2], 'unit_name' => $grade[3] ?? null,
            ]);
        }

        foreach (audience::cases() as $audience) {
            [$new, $old] = self::data(academics_section::class, $student, $audience)['registrations'];
            $this->assertSame(['Computing', 'Level 5'], [$new['program_name'], $new['award']]);
            $this->assertSame(['u2', 'u3', 'u10'], array_column($new['units'], 'zoho_unit_id'));
            $this->assertSame(['M', 'P', null], array_column($new['units'], 'best_grade'));
            $this->assertSame(2, $new['units_passed']);
            $this->assertSame(['Old', []], [$old['program_name'], $old['units']]);
        }
    }

    public function test_what_is_deleted_is_in_no_programme(): void {
        $student = $this->generator->student();
        $of = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('programs', 'p1', ['name' => 'Computing', 'award' => 'Level 5']);
        foreach (['r1', 'r2'] as $id) {
            $this->generator->upsert('registrations', $id, $of + ['zoho_program_id' => 'p1']);
        }
        foreach (['u1' => 'Law', 'u2' => 'Art'] as $id => $name) {
            $this->generator->upsert('units', $id, ['zoho_program_id' => 'p1', 'name' => $name]);
        }
        foreach (['g1' => 'P', 'g2' => 'D'] as $id => $grade) {
            $this->generator->upsert('grades', $id, $of + ['unit_name' => 'Law', 'grade' => $grade, 'grade_status' => 'Released']);
        }
        foreach (['registrations' => 'r2', 'units' => 'u2', 'grades' => 'g2', 'programs' => 'p1'] as $entity => $id) {
            $this->generator->delete($entity, $id, 5000);
        }

        $registrations = self::data(academics_section::class, $student)['registrations'];
        $this->assertSame(['r1'], array_column($registrations, 'zoho_registration_id'));
        $this->assertSame([null, null], [$registrations[0]['program_name'], $registrations[0]['award']]);
        $this->assertSame(['P'], array_column($registrations[0]['units'], 'best_grade'));
    }

    public function test_what_counts_as_released_is_a_setting(): void {
        $student = $this->generator->student();
        $of = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('registrations', 'r1', $of + ['zoho_program_id' => 'p1']);
        $this->generator->upsert('units', 'u1', ['zoho_program_id' => 'p1', 'name' => 'Unit']);
        $this->generator->upsert('grades', 'g1', $of + ['unit_name' => 'Unit', 'grade' => 'D', 'grade_status' => 'In review']);
        $best = fn() => self::data(academics_section::class, $student)['registrations'][0]['units'][0]['best_grade'];

        $this->assertNull($best());
        set_config('releasedstatuses', "Released\r\nin review", 'local_mzi');
        $this->assertSame('D', $best());
        set_config('releasedstatuses', '', 'local_mzi');
        $this->assertNull($best());
    }

    public function test_the_status_of_a_class_says_whether_it_is_over_and_dates_where_it_is_silent(): void {
        $student = $this->generator->student();
        $this->attend($student, 'waiting', ['status' => 'Waiting Resubmission', 'end_date' => '2026-01-01']);
        $this->attend($student, 'ended', ['status' => 'end', 'end_date' => '2027-01-01']);
        $this->attend($student, 'silent', ['end_date' => '2026-11-20']);
        $this->attend($student, 'today', ['end_date' => '2026-11-21']);
        $this->attend($student, 'left', ['status' => 'Active'], ['end_date' => '2026-10-01']);
        $this->attend($student, 'endless', []);

        $data = self::data(classes_section::class, $student);

        $this->assertEqualsCanonicalizing(['waiting', 'today', 'endless'], array_column($data['current'], 'zoho_class_id'));
        $this->assertEqualsCanonicalizing(['ended', 'silent', 'left'], array_column($data['past'], 'zoho_class_id'));
    }

    public function test_a_class_is_over_when_its_last_day_is_over_at_the_school(): void {
        set_config('timezone', 'Asia/Amman');
        $this->setUser($this->getDataGenerator()->create_user(['timezone' => 'America/Lima']));
        $student = $this->generator->student();
        $this->attend($student, 'c1', ['end_date' => '2026-11-20']);
        $current = fn() => array_column(self::data(classes_section::class, $student)['current'], 'zoho_class_id');

        $clock = $this->mock_clock_with_frozen(strtotime('2026-11-20 20:59:59 UTC'));
        $this->assertSame(['c1'], $current());
        $clock->bump();
        $this->assertSame([], $current());
    }

    public function test_a_class_shows_up_once_with_its_class_and_not_without(): void {
        $student = $this->generator->student();
        $this->generator->upsert('teachers', 't1', ['name' => 'Tom Sample']);
        $this->attend($student, 'c1', ['zoho_teacher_id' => 't1', 'schedule' => 'Sunday 09:00-11:00; Tuesday 10:30-12:30;']);
        $place = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('enrollments', 'again', $place + ['zoho_class_id' => 'c1', 'enrollment_type' => 'Recording']);
        $this->generator->upsert('enrollments', 'early', $place + ['zoho_class_id' => 'not here yet']);
        $this->attend($this->generator->student(), 'c9');
        $this->attend($student, 'c3');
        $this->generator->delete('enrollments', 'ec3', 5000);

        $data = self::data(classes_section::class, $student);

        $this->assertCount(1, $data['current']);
        $this->assertSame('Tom Sample', $data['current'][0]['teacher']);
        $this->assertSame('Recording', $data['current'][0]['enrollment_type']);
        $this->assertSame(['Sunday 09:00-11:00', 'Tuesday 10:30-12:30'], $data['current'][0]['schedule']);
    }

    public function test_a_course_is_linked_only_for_a_student_who_can_enter_it(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        $student = $this->generator->student([], (int) $user->id);
        $courses = [];
        foreach (['in', 'out', 'suspended', 'hidden', 'over', 'later', 'closed'] as $kind) {
            $course = $this->getDataGenerator()->create_course(['visible' => $kind === 'hidden' ? 0 : 1]);
            $courses[$kind] = (int) $course->id;
            $this->attend($student, $kind, ['moodle_course_id' => (int) $course->id]);
        }
        $now = \core\di::get(\core\clock::class)->time();
        $enrol = $this->getDataGenerator()->enrol_user(...);
        $enrol($user->id, $courses['in'], 'student');
        $enrol($user->id, $courses['hidden'], 'student');
        $enrol($user->id, $courses['suspended'], 'student', 'manual', 0, 0, ENROL_USER_SUSPENDED);
        $enrol($user->id, $courses['over'], 'student', 'manual', 0, $now);
        $enrol($user->id, $courses['later'], 'student', 'manual', $now + 60);
        $enrol($this->getDataGenerator()->create_user()->id, $courses['out'], 'student');
        $enrol($user->id, $courses['closed'], 'student');
        $way = ['courseid' => $courses['closed'], 'enrol' => 'manual'];
        $DB->set_field('enrol', 'status', ENROL_INSTANCE_DISABLED, $way);

        $linked = array_filter(
            array_column(self::data(classes_section::class, $student)['current'], 'course', 'zoho_class_id')
        );

        $this->assertSame(['in'], array_keys($linked));
        $this->assertSame($courses['in'], $linked['in']['id']);
        $this->assertStringEndsWith("/course/view.php?id={$courses['in']}", $linked['in']['url']);
    }

    public function test_the_dashboard_is_all_tabs_that_are_switched_on_and_can_be_json(): void {
        $student = $this->generator->student(['display_name' => "\u{202E}<script>\u{1F393}"]);
        set_config('show_finance', 0, 'local_mzi');

        $data = \core\di::get(dashboard::class)->data($student, audience::STUDENT);

        $this->assertSame(['student', 'profile', 'academics', 'classes', 'grades', 'requests'], array_keys($data));
        $this->assertEquals($data, json_decode(json_encode($data, JSON_THROW_ON_ERROR), true));
        $this->assertSame("\u{202E}<script>\u{1F393}", $data['student']['display_name']);
    }

    /**
     * The tabs.
     *
     * @return array
     */
    public static function tabs(): array {
        return array_combine(
            array_map(fn(tab $tab) => $tab->value, tab::cases()),
            array_map(fn(tab $tab) => [$tab], tab::cases())
        );
    }

    /**
     * A tab costs as many statements for a student with much as for one with little.
     *
     * @dataProvider tabs
     * @param tab $tab
     */
    public function test_a_tab_costs_a_constant_number_of_statements(tab $tab): void {
        global $DB;
        $users = [$this->getDataGenerator()->create_user(), $this->getDataGenerator()->create_user()];
        $this->setUser($users[0]);
        [$small, $large] = array_map(fn(\stdClass $user) => $this->generator->student([], (int) $user->id), $users);
        $this->fill($small, 1);
        $this->fill($large, 12);
        $cost = function (student $student) use ($DB, $tab): int {
            $before = $DB->perf_get_queries();
            $tab->section()->data($student, audience::STUDENT);
            return $DB->perf_get_queries() - $before;
        };
        $cost($small);

        $this->assertSame($cost($small), $cost($large));
        $this->assertLessThanOrEqual(10, $cost($large));
    }

    /**
     * Gives a student so many rows of every kind.
     *
     * @param student $student
     * @param int $count
     */
    private function fill(student $student, int $count): void {
        for ($n = 0; $n < $count; $n++) {
            $id = "{$student->id}x$n";
            $of = ['zoho_student_id' => $student->zohoid];
            $course = $this->getDataGenerator()->create_course();
            $this->generator->upsert('units', "u$id", ['zoho_program_id' => "p$id", 'name' => "Unit $n"]);
            $this->generator->upsert('registrations', "r$id", $of + [
                'zoho_program_id' => "p$id",
                'total_fees' => '1000.00',
                'currency' => 'USD',
                'installments' => [['zoho_installment_id' => "i$id", 'amount' => '1000.00', 'due_date' => '2026-01-01']],
            ]);
            $this->generator->upsert('payments', "y$id", $of + [
                'zoho_registration_id' => "r$id", 'amount' => '10.00', 'currency' => 'USD', 'status' => 'Confirmed',
            ]);
            $this->attend($student, "c$id", ['zoho_unit_id' => "u$id", 'moodle_course_id' => (int) $course->id]);
            $this->generator->upsert('grades', "g$id", $of + [
                'zoho_class_id' => "c$id",
                'grade' => 'P',
                'grade_status' => 'Released',
                'outcomes' => [['zoho_outcome_id' => "o$id", 'title' => 'Outcome']],
            ]);
            $this->generator->upsert('requests', "q$id", $of + ['request_type' => 'Class Drop', 'status' => 'Pending']);
        }
    }
}
