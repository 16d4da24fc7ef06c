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

/**
 * Who sees which student.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\student_access
 * @covers     \local_mzi\repository\student_repository
 */
final class student_access_test extends \advanced_testcase {
    /** @var \local_mzi_generator records */
    private \local_mzi_generator $generator;

    /** @var student_access the rule */
    private student_access $access;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->access = \core\di::get(student_access::class);
    }

    /**
     * A user and the student record linked to it.
     *
     * @param array $values
     * @return array{\stdClass, student}
     */
    private function student(array $values = []): array {
        $user = $this->getDataGenerator()->create_user();
        return [$user, $this->generator->student($values, (int) $user->id)];
    }

    /**
     * What the current user is told when asking for a student.
     *
     * @param int|null $studentid
     * @return string the error's message, empty if the student is shown
     */
    private function refusal(?int $studentid): string {
        try {
            $this->access->resolve($studentid);
            return '';
        } catch (\moodle_exception $error) {
            return "$error->errorcode: {$error->getMessage()}";
        }
    }

    public function test_students_see_themselves_and_nobody_else_by_any_id(): void {
        global $DB;
        $people = [$this->student(), $this->student(), $this->student()];
        $this->generator->student();
        $ids = [0, ...array_map(intval(...), $DB->get_fieldset('local_mzi_students', 'id', [])), PHP_INT_MAX >> 33];
        foreach ($people as [$user, $own]) {
            $this->setUser($user);
            $this->assertEquals($own, $this->access->resolve());
            foreach ($ids as $id) {
                $this->assertSame($id === $own->id, $this->refusal($id) === '', "$id");
            }
        }
    }

    public function test_a_refusal_does_not_tell_whether_the_id_exists(): void {
        [, $other] = $this->student();
        [$user] = $this->student();
        $deleted = $this->generator->student();
        $this->generator->delete('students', $deleted->zohoid, 5000);
        $this->setUser($user);

        $refusals = array_map($this->refusal(...), [$other->id, $deleted->id, $other->id + 1000]);

        $this->assertCount(1, array_unique($refusals));
        $this->assertStringStartsWith('nostudent: ', $refusals[0]);
    }

    public function test_guests_teachers_and_nobody_see_no_student(): void {
        [, $student] = $this->student();
        $teacher = $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'editingteacher');
        foreach ([guest_user(), $teacher, (object) ['id' => 0]] as $user) {
            $this->setUser($user);
            $this->assertNotSame('', $this->refusal($student->id));
            $this->assertNotSame('', $this->refusal(null));
            $this->assertSame([], $this->access->own());
        }
    }

    public function test_the_guest_account_sees_nothing_whatever_it_is_linked_to_or_allowed(): void {
        global $CFG;
        foreach (['local/mzi:viewown', 'local/mzi:viewall'] as $capability) {
            assign_capability($capability, CAP_ALLOW, $CFG->guestroleid, system::instance());
        }
        $student = $this->generator->student([], (int) guest_user()->id);
        $this->setUser(guest_user());
        $this->assertTrue(has_capability('local/mzi:viewall', system::instance()));
        $this->assertFalse($this->access->allows($student));
        $this->assertSame([], $this->access->own());
    }

    public function test_staff_see_every_student_but_not_as_the_student(): void {
        [$user, $student] = $this->student();
        $staff = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/mzi:viewall', CAP_ALLOW, $role, system::instance());
        role_assign($role, $staff->id, system::instance());
        $this->setUser($staff);

        $this->assertEquals($student, $this->access->resolve($student->id));
        $this->assertSame(audience::STAFF, $this->access->audience($student));
        $this->assertFalse($this->access->owns($student));
        $this->assertFalse($this->access->sees_national_ids());
        $this->assertNotSame('', $this->refusal($student->id + 1000));
        $this->assertSame(audience::STUDENT, $this->access->viewer((int) $user->id)->audience($student));
    }

    public function test_without_the_capability_nobody_sees_even_oneself(): void {
        global $CFG;
        [$user, $student] = $this->student();
        assign_capability('local/mzi:viewown', CAP_PROHIBIT, $CFG->defaultuserroleid, system::instance(), true);
        $this->setUser($user);
        $this->assertNotSame('', $this->refusal($student->id));
        $this->assertNotSame('', $this->refusal(null));
    }

    public function test_a_user_with_several_records_gets_the_newest_first_and_may_see_each(): void {
        global $DB;
        [$user, $first] = $this->student();
        $second = $this->generator->student([], (int) $user->id);
        $DB->set_field('local_mzi_students', 'timecreated', 1, ['id' => $first->id]);
        $this->setUser($user);

        $this->assertEquals([$second, $first], $this->access->own());
        $this->assertEquals($second, $this->access->resolve());
        $this->assertEquals($first, $this->access->resolve($first->id));
    }

    public function test_a_deleted_record_is_gone_for_everybody(): void {
        [$user, $student] = $this->student();
        $this->generator->delete('students', $student->zohoid, 5000);
        $this->setUser($user);
        $this->assertNotSame('', $this->refusal(null));
        $this->setAdminUser();
        $this->assertNotSame('', $this->refusal($student->id));
    }

    public function test_a_student_has_a_name_as_long_as_anything_is_known(): void {
        $names = ['display_name' => null, 'first_name' => 'Ada', 'last_name' => 'Sample'];
        $this->assertSame('Ada Sample', $this->generator->student($names)->displayname);
        $nobody = $this->generator->student(['display_name' => ' ']);
        $this->assertSame($nobody->number, $nobody->displayname);
    }
}
