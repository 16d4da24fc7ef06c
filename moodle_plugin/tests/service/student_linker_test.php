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

/**
 * Students who find their users, or get one.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\student_linker
 * @covers     \local_mzi\service\user_maker
 * @covers     \local_mzi\repository\student_link_repository
 */
final class student_linker_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * Writes a student without a user who has a place in a class.
     *
     * @param array $values others
     */
    private function student(array $values = []): void {
        $this->generator->upsert('students', 'S1', $values + [
            'student_id' => 'A-77',
            'first_name' => 'Rana',
            'last_name' => 'Saleh',
            'academic_email' => 'Rana.Saleh@example.com',
            'status' => 'Active',
        ]);
        $this->generator->upsert('enrollments', 'E1', ['zoho_student_id' => 'S1', 'zoho_class_id' => 'C1']);
    }

    /**
     * The user that the student is linked to.
     *
     * @return int|null
     */
    private static function linked(): ?int {
        global $DB;
        $userid = $DB->get_field('local_mzi_students', 'moodle_user_id', ['zoho_student_id' => 'S1']);
        return $userid === null ? null : (int) $userid;
    }

    /**
     * What is told of links.
     *
     * @return array[]
     */
    private static function told(): array {
        global $DB;
        $rows = $DB->get_records('local_mzi_outbox', ['event_type' => 'student_linked'], 'id');
        return array_map(fn(\stdClass $row) => json_decode($row->payload, true), array_values($rows));
    }

    /**
     * The service.
     *
     * @return student_linker
     */
    private static function linker(): student_linker {
        return \core\di::get(student_linker::class);
    }

    /**
     * What a user has of the student.
     *
     * @return array
     */
    public static function users(): array {
        return [
            'ID number' => [['idnumber' => 'A-77']],
            'user name' => [['username' => 'rana.saleh@example.com']],
            'address in another case' => [['email' => 'RANA.saleh@example.com']],
        ];
    }

    /**
     * A user who comes later is found by each of the ways.
     *
     * @dataProvider users
     * @param array $values
     */
    public function test_a_user_who_comes_later_is_linked_and_told(array $values): void {
        global $DB;
        $this->student();
        $user = $this->getDataGenerator()->create_user($values);
        $stranger = $this->getDataGenerator()->create_user();

        $this->assertSame(0, self::linker()->link([$stranger->id]));
        $this->assertSame(1, self::linker()->link([$stranger->id, $user->id]));

        $this->assertSame((int) $user->id, self::linked());
        $this->assertSame([['zoho_student_id' => 'S1', 'userid' => (int) $user->id]], self::told());
        $this->assertSame('due', $DB->get_field('local_mzi_enrollments', 'moodle_enrolment_state', []));
        $this->assertSame(0, self::linker()->link([$user->id]));
        $this->assertCount(1, self::told());
    }

    public function test_whoever_may_be_two_is_not_linked(): void {
        $this->student();
        $one = $this->getDataGenerator()->create_user(['idnumber' => 'A-77']);
        $other = $this->getDataGenerator()->create_user(['idnumber' => 'A-77']);

        $this->assertSame(0, self::linker()->link([$one->id, $other->id]));

        $this->assertNull(self::linked());
    }

    public function test_nobody_is_created_unless_the_setting_says_so(): void {
        global $DB;
        $this->student();
        $before = $DB->count_records('user');

        $this->assertSame(0, self::linker()->link_all());

        $this->assertSame($before, $DB->count_records('user'));
    }

    public function test_a_user_is_created_without_a_password(): void {
        set_config('createusers', 1, 'local_mzi');
        $this->student();

        $this->assertSame(1, self::linker()->link_all());

        $user = \core_user::get_user(self::linked());
        $this->assertSame(
            ['rana.saleh@example.com', 'rana.saleh@example.com', 'Rana', 'Saleh', 'A-77', 'manual', '1'],
            [$user->username, $user->email, $user->firstname, $user->lastname, $user->idnumber, $user->auth, $user->confirmed]
        );
        foreach (['to be generated', '', 'Rana'] as $guess) {
            $this->assertFalse(validate_internal_user_password($user, $guess));
        }
        $this->assertEquals(1, get_user_preferences('create_password', null, $user->id));
        $this->assertEquals(1, get_user_preferences('auth_forcepasswordchange', null, $user->id));
        $this->assertSame([['zoho_student_id' => 'S1', 'userid' => (int) $user->id]], self::told());
        $this->assertSame(0, self::linker()->link_all());
    }

    /**
     * Why there is no user.
     *
     * @return array
     */
    public static function reasons(): array {
        return [
            'no address' => [['academic_email' => null]],
            'no address at all' => [['academic_email' => 'rana']],
            'no first name' => [['first_name' => ' ']],
            'no last name' => [['last_name' => null]],
            'not active' => [['status' => 'Applicant']],
            'no status' => [['status' => null]],
        ];
    }

    /**
     * Whoever cannot be a user gets none.
     *
     * @dataProvider reasons
     * @param array $values
     */
    public function test_whoever_lacks_something_gets_no_user(array $values): void {
        set_config('createusers', 1, 'local_mzi');
        $this->student($values);

        $this->assertSame(0, self::linker()->link_all());
        $this->assertNull(self::linked());
    }

    public function test_no_second_user_is_created_for_one_who_was_suspended(): void {
        set_config('createusers', 1, 'local_mzi');
        $this->student();
        $this->getDataGenerator()->create_user(['email' => 'rana.saleh@example.com', 'suspended' => 1]);

        $this->assertSame(0, self::linker()->link_all());
        $this->assertNull(self::linked());
    }

    public function test_without_a_place_in_a_class_nobody_is_created(): void {
        set_config('createusers', 1, 'local_mzi');
        $this->student();
        $this->generator->delete('enrollments', 'E1', 9000);

        $this->assertSame(0, self::linker()->link_all());
        $this->assertNull(self::linked());
    }
}
