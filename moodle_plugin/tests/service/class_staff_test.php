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

use local_mzi\local\course_staff;
use local_mzi\local\course_staff_setting;

/**
 * Roles of teachers and staff in the courses of classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\class_staff
 * @covers     \local_mzi\repository\class_staff_repository
 * @covers     \local_mzi\repository\role_repository
 * @covers     \local_mzi\local\course_staff
 * @covers     \local_mzi\local\course_staff_setting
 */
final class class_staff_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var \stdClass the course */
    private \stdClass $course;

    /** @var \stdClass[] the users of teachers T1 and T2 */
    private array $teachers = [];

    /** @var int version of the next record */
    private int $version = 1000;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        set_config('makecourses', 1, 'local_mzi');
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->course = $this->getDataGenerator()->create_course();
        foreach (['T1', 'T2'] as $id) {
            $this->teachers[$id] = $this->getDataGenerator()->create_user();
            $this->generator->upsert('teachers', $id, ['moodle_user_id' => (int) $this->teachers[$id]->id]);
        }
        $this->give('T1');
    }

    /**
     * Gives the class a teacher.
     *
     * @param string|null $teacher
     */
    private function give(?string $teacher): void {
        $this->generator->upsert('classes', 'C1', [
            'status' => 'Active',
            'moodle_course_id' => (int) $this->course->id,
            'zoho_teacher_id' => $teacher,
            'modified_time' => ++$this->version,
        ]);
    }

    /**
     * Makes roles what they should be.
     *
     * @return int
     */
    private static function apply(): int {
        return \core\di::get(class_staff::class)->apply();
    }

    /**
     * The roles of a user in the course.
     *
     * @param \stdClass $user
     * @return string[]
     */
    private function roles(\stdClass $user): array {
        $roles = get_user_roles(\core\context\course::instance($this->course->id), $user->id, false);
        return array_values(array_map(fn(\stdClass $role) => "{$role->shortname} {$role->component}", $roles));
    }

    /**
     * Whether a user can enter the course.
     *
     * @param \stdClass $user
     * @return bool
     */
    private function enters(\stdClass $user): bool {
        return is_enrolled(\core\context\course::instance($this->course->id), $user, '', true);
    }

    public function test_the_teacher_gets_the_role_and_can_enter(): void {
        $this->assertSame(1, self::apply());

        $this->assertSame(['editingteacher local_mzi'], $this->roles($this->teachers['T1']));
        $this->assertTrue($this->enters($this->teachers['T1']));
        $this->assertSame(0, self::apply());
    }

    public function test_another_teacher_takes_over(): void {
        self::apply();
        $this->give('T2');

        $this->assertSame(2, self::apply());

        $this->assertSame([], $this->roles($this->teachers['T1']));
        $this->assertFalse($this->enters($this->teachers['T1']));
        $this->assertSame(['editingteacher local_mzi'], $this->roles($this->teachers['T2']));
        $this->give('T1');
        self::apply();
        $this->assertTrue($this->enters($this->teachers['T1']));
    }

    public function test_roles_that_others_gave_stay(): void {
        $context = \core\context\course::instance($this->course->id);
        $this->getDataGenerator()->role_assign('editingteacher', $this->teachers['T1']->id, $context);
        self::apply();
        $this->give(null);
        self::apply();

        $this->assertSame(['editingteacher '], $this->roles($this->teachers['T1']));
    }

    public function test_the_staff_of_the_setting_is_in_every_course(): void {
        $verifier = $this->getDataGenerator()->create_user(['username' => 'verifier']);
        set_config('coursestaff', "Verifier : teacher\nnobody:teacher\nverifier:norole", 'local_mzi');

        $this->assertSame(2, self::apply());
        $this->assertSame(['teacher local_mzi'], $this->roles($verifier));
        $this->assertTrue($this->enters($verifier));

        set_config('coursestaff', 'verifier:editingteacher', 'local_mzi');
        self::apply();
        $this->assertSame(['editingteacher local_mzi'], $this->roles($verifier));
        set_config('coursestaff', '', 'local_mzi');
        self::apply();
        $this->assertSame([], $this->roles($verifier));
        $this->assertFalse($this->enters($verifier));
    }

    public function test_a_class_that_is_gone_has_no_staff(): void {
        self::apply();
        $this->generator->delete('classes', 'C1', 9000);

        self::apply();

        $this->assertSame([], $this->roles($this->teachers['T1']));
        $this->assertFalse($this->enters($this->teachers['T1']));
    }

    public function test_without_the_setting_nobody_gets_a_role(): void {
        set_config('makecourses', 0, 'local_mzi');
        $this->assertSame(0, self::apply());
        set_config('makecourses', 1, 'local_mzi');
        set_config('teacherrole', '', 'local_mzi');
        $this->assertSame(0, self::apply());
        $this->assertSame([], $this->roles($this->teachers['T1']));
    }

    public function test_staff_is_no_student_in_the_eyes_of_repair(): void {
        self::apply();

        \core\di::get(enrolment_repair::class)->run();

        $this->assertTrue($this->enters($this->teachers['T1']));
        $this->assertSame([], \core\di::get(enrolment_health::class)->troubles());
    }

    public function test_a_line_without_a_role_is_not_saved(): void {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $setting = new course_staff_setting();

        $this->assertSame('', $setting->write_setting("anna: teacher\n\nben:editingteacher"));
        $this->assertSame([['anna', 'teacher'], ['ben', 'editingteacher']], course_staff::people());
        foreach (['anna', 'anna:', ':teacher', 'anna:Some Role'] as $wrong) {
            $this->assertNotSame('', $setting->write_setting($wrong), $wrong);
        }
    }
}
