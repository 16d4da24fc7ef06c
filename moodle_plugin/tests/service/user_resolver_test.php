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

use local_mzi\local\matching;

/**
 * Which Moodle user a student or teacher is linked to.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\user_resolver
 * @covers     \local_mzi\service\upsert
 * @covers     \local_mzi\repository\user_repository
 * @covers     \local_mzi\local\matching
 */
final class user_resolver_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * The link of a student.
     *
     * @param string $id
     * @return int|null
     */
    private function link(string $id = '1'): ?int {
        global $DB;
        $link = $DB->get_field('local_mzi_students', 'moodle_user_id', ['zoho_student_id' => $id], MUST_EXIST);
        return $link === null ? null : (int) $link;
    }

    /**
     * A Moodle user.
     *
     * @param array $values
     * @return int
     */
    private function user(array $values = []): int {
        return (int) $this->getDataGenerator()->create_user($values)->id;
    }

    public function test_each_way_finds_the_user_and_the_stronger_one_decides(): void {
        $email = $this->user(['email' => 'ada@example.com']);
        $student = ['student_id' => 'S-1', 'academic_email' => 'Ada@Example.com'];
        $this->generator->upsert('students', '1', $student);
        $this->assertSame($email, $this->link());

        $username = $this->user(['username' => 'ada@example.com']);
        $this->generator->upsert('students', '2', $student);
        $this->assertSame($username, $this->link('2'));

        $idnumber = $this->user(['idnumber' => 'S-1']);
        $this->generator->upsert('students', '3', $student);
        $this->assertSame($idnumber, $this->link('3'));

        $explicit = $this->user();
        $this->generator->upsert('students', '4', $student + ['moodle_user_id' => $explicit]);
        $this->assertSame($explicit, $this->link('4'));
    }

    public function test_the_order_is_a_setting(): void {
        set_config('usermatching', 'email, explicit', 'local_mzi');
        $email = $this->user(['email' => 'ada@example.com']);
        $explicit = $this->user();
        $this->user(['idnumber' => 'S-1']);

        $this->generator->upsert('students', '1', ['academic_email' => 'ada@example.com', 'moodle_user_id' => $explicit]);
        $this->generator->upsert('students', '2', ['student_id' => 'S-1']);

        $this->assertSame($email, $this->link('1'));
        $this->assertNull($this->link('2'));
    }

    public function test_an_ambiguous_match_is_never_guessed_and_never_passed_over(): void {
        $this->user(['idnumber' => 'S-1']);
        $this->user(['idnumber' => 'S-1']);
        $this->user(['email' => 'ada@example.com']);

        $this->generator->upsert('students', '1', ['student_id' => 'S-1', 'academic_email' => 'ada@example.com']);

        $this->assertNull($this->link());
    }

    public function test_an_empty_number_or_address_matches_nobody(): void {
        $this->user(['idnumber' => '']);

        $this->generator->upsert('students', '1', ['student_id' => '', 'academic_email' => '']);
        $this->generator->upsert('students', '2');

        $this->assertNull($this->link('1'));
        $this->assertNull($this->link('2'));
    }

    /**
     * Accounts that nobody can use.
     *
     * @return array
     */
    public static function unusable(): array {
        return ['deleted' => ['deleted', 1], 'suspended' => ['suspended', 1], 'unconfirmed' => ['confirmed', 0]];
    }

    /**
     * Such an account is not found in any way.
     *
     * @dataProvider unusable
     * @param string $field
     * @param int $value
     */
    public function test_an_account_that_cannot_log_in_is_not_linked(string $field, int $value): void {
        global $DB;
        $id = $this->user(['idnumber' => 'S-1', 'username' => 'ada@example.com', 'email' => 'ada@example.com']);
        $DB->set_field('user', $field, $value, ['id' => $id]);

        $student = ['moodle_user_id' => $id, 'student_id' => 'S-1', 'academic_email' => 'ada@example.com'];
        $this->generator->upsert('students', '1', $student);

        $this->assertNull($this->link());
    }

    public function test_an_explicit_id_of_nobody_falls_back_to_the_next_way(): void {
        $id = $this->user(['idnumber' => 'S-1']);

        $this->generator->upsert('students', '1', ['moodle_user_id' => 987654321, 'student_id' => 'S-1']);

        $this->assertSame($id, $this->link());
    }

    public function test_the_guest_is_never_linked(): void {
        global $CFG;
        $this->generator->upsert('students', '1', ['moodle_user_id' => (int) $CFG->siteguest]);

        $this->assertNull($this->link());
    }

    public function test_a_link_is_never_lowered(): void {
        $id = $this->user(['idnumber' => 'S-1']);
        $this->generator->upsert('students', '1', ['student_id' => 'S-1']);

        $unresolved = [['moodle_user_id' => null], ['student_id' => 'S-2'], ['student_id' => null], ['moodle_user_id' => 1]];
        foreach ($unresolved as $values) {
            $this->assertSame('updated', $this->generator->upsert('students', '1', $values));
            $this->assertSame($id, $this->link());
        }
    }

    public function test_a_partial_record_is_resolved_by_what_is_stored(): void {
        $this->generator->upsert('students', '1', ['student_id' => 'S-1']);
        $id = $this->user(['idnumber' => 'S-1']);

        $this->generator->upsert('students', '1', ['city' => 'Amman']);

        $this->assertSame($id, $this->link());
    }

    public function test_an_unchanged_record_is_linked_once_its_user_exists(): void {
        $student = ['student_id' => 'S-1'];
        $this->generator->upsert('students', '1', $student);
        $id = $this->user(['idnumber' => 'S-1']);

        $this->assertSame('updated', $this->generator->upsert('students', '1', $student));
        $this->assertSame($id, $this->link());
        $this->assertSame('unchanged', $this->generator->upsert('students', '1', $student));
    }

    public function test_a_corrected_address_corrects_the_link(): void {
        $wrong = $this->user(['email' => 'wrong@example.com']);
        $right = $this->user(['email' => 'right@example.com']);
        $this->generator->upsert('students', '1', ['academic_email' => 'wrong@example.com']);
        $this->assertSame($wrong, $this->link());

        $this->generator->upsert('students', '1', ['academic_email' => 'right@example.com']);

        $this->assertSame($right, $this->link());
    }

    public function test_another_case_or_accent_of_a_number_is_another_number(): void {
        $this->user(['idnumber' => 's-é']);

        $this->generator->upsert('students', '1', ['student_id' => 'S-É']);
        $this->generator->upsert('students', '2', ['student_id' => 's-e']);

        $this->assertNull($this->link('1'));
        $this->assertNull($this->link('2'));
    }

    public function test_a_teacher_is_found_by_address_and_not_by_number(): void {
        global $DB;
        $id = $this->user(['email' => 'teacher@example.com']);

        $this->generator->upsert('teachers', '1', ['academic_email' => 'teacher@example.com', 'email' => 'private@example.com']);

        $this->assertEquals($id, $DB->get_field('local_mzi_teachers', 'moodle_user_id', ['zoho_teacher_id' => '1']));
    }

    public function test_each_record_of_a_batch_gets_its_own_user(): void {
        $ids = array_map(fn(int $n) => $this->user(['idnumber' => "S-$n"]), range(1, 30));

        $this->generator->apply('students', array_map(
            fn(int $n) => $this->generator->record('students', "$n", ['student_id' => "S-$n"]),
            range(1, 30)
        ));

        $this->assertSame($ids, array_map(fn(int $n) => $this->link("$n"), range(1, 30)));
    }

    /**
     * Orders as an administrator may write them.
     *
     * @return array
     */
    public static function orders(): array {
        return [
            'default' => [matching::DEFAULT_ORDER, ['explicit', 'idnumber', 'username', 'email']],
            'some' => ['email , idnumber', ['email', 'idnumber']],
            'unknown' => ['email,phone', null],
            'twice' => ['email,email', null],
            'empty' => ['', null],
        ];
    }

    /**
     * Only an order that means something can be saved.
     *
     * @dataProvider orders
     * @param string $text
     * @param string[]|null $names
     */
    public function test_a_senseless_order_is_refused(string $text, ?array $names): void {
        $order = matching::parse($text);

        $this->assertSame($names, $order === null ? null : array_column($order, 'value'));
    }
}
