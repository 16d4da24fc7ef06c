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

use local_mzi\local\desired_enrolment;
use local_mzi\local\enrolment_state;

/**
 * What enrolment a place in a class is.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\enrolment_rule
 * @covers     \local_mzi\service\enrolment_plan
 * @covers     \local_mzi\local\desired_enrolment
 * @covers     \local_mzi\local\enrolment_change
 */
final class enrolment_rule_test extends \advanced_testcase {
    /** A place that all is well with. */
    private const PLACE = [
        'id' => 1,
        'start_date' => null,
        'end_date' => null,
        'deleted_at' => null,
        'ueid' => null,
        'student_status' => 'Active',
        'student_deleted' => null,
        'userid' => '7',
        'class_status' => 'Active',
        'class_deleted' => null,
        'courseid' => '3',
    ];

    /**
     * Facts, the settings, and the state that follows.
     *
     * @return array
     */
    public static function places(): array {
        return [
            'all is well' => [[], 'enrolled'],
            'other case and spaces' => [['student_status' => ' ACTIVE '], 'enrolled'],
            'no status of the student' => [['student_status' => null], 'enrolled'],
            'an empty status of the student' => [['student_status' => ' '], 'enrolled'],
            'another status of the student' => [['student_status' => 'Withdrawn'], 'suspended'],
            'no status of the class' => [['class_status' => null], 'enrolled'],
            'the class has ended' => [['class_status' => 'End'], 'suspended'],
            'the class has ended, but students stay' => [['class_status' => 'End'], 'enrolled', true],
            'a student who left does not stay' => [['student_status' => 'Withdrawn'], 'suspended', true],
            'no user' => [['userid' => null], 'pending_user'],
            'no course' => [['courseid' => null], 'pending_course'],
            'neither' => [['userid' => null, 'courseid' => null], 'pending_user'],
            'the place is gone' => [['deleted_at' => '9', 'userid' => null], 'ended'],
            'the student is gone' => [['student_deleted' => '9'], 'ended'],
            'the class is gone' => [['class_deleted' => '9', 'courseid' => null], 'ended'],
        ];
    }

    /**
     * Every fact counts.
     *
     * @dataProvider places
     * @param array $facts
     * @param string $state
     * @param bool $keep
     */
    public function test_the_state_follows_from_the_facts(array $facts, string $state, bool $keep = false): void {
        $desired = enrolment_rule::desired((object) ($facts + self::PLACE), $keep);

        $this->assertSame($state, $desired->state->value);
        $wanted = in_array($state, ['enrolled', 'suspended'], true);
        $this->assertSame($wanted ? '7:3' : null, $desired->place());
    }

    public function test_only_the_end_of_a_class_asks_the_brake_again(): void {
        $proven = fn(array $facts) => enrolment_rule::desired((object) ($facts + self::PLACE), false)->proven;

        $this->assertTrue($proven(['deleted_at' => '9']));
        $this->assertTrue($proven(['student_deleted' => '9']));
        $this->assertFalse($proven(['class_deleted' => '9']));
        $this->assertFalse($proven(['student_status' => 'Withdrawn']));
    }

    public function test_days_are_whole_days_of_the_site(): void {
        $this->resetAfterTest();
        $this->setTimezone('Asia/Amman');
        $facts = (object) (['start_date' => '2026-03-01', 'end_date' => '2026-06-30'] + self::PLACE);

        $desired = enrolment_rule::desired($facts, false);

        // Amman is three hours ahead of UTC all the year.
        $this->assertSame(gmmktime(21, 0, 0, 2, 28, 2026), $desired->timestart);
        $this->assertSame(gmmktime(21, 0, 0, 6, 30, 2026), $desired->timeend);
        $open = enrolment_rule::desired((object) self::PLACE, false);
        $this->assertSame([0, 0], [$open->timestart, $open->timeend]);
    }

    public function test_two_records_of_one_course_make_one_enrolment(): void {
        $make = fn(enrolment_state $state, int $start, int $end) => new desired_enrolment($state, 7, 3, $start, $end);
        $early = $make(enrolment_state::ENROLLED, 100, 200);
        $late = $make(enrolment_state::ENROLLED, 150, 300);
        $open = $make(enrolment_state::ENROLLED, 0, 0);
        $suspended = $make(enrolment_state::SUSPENDED, 50, 900);

        $this->assertEquals($make(enrolment_state::ENROLLED, 100, 300), $early->merged($late));
        $this->assertEquals($open, $open->merged($early));
        $this->assertEquals($open, $early->merged($open));
        $this->assertSame($early, $early->merged($suspended));
        $this->assertSame($early, $suspended->merged($early));
    }
}
