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

use local_mzi\event\student_link_changed;

/**
 * What a person decides about a student's user stands until a person changes it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\hand_link
 * @covers     \local_mzi\repository\hand_link_repository
 * @covers     \local_mzi\event\student_link_changed
 * @covers     \local_mzi\service\upsert
 * @covers     \local_mzi\repository\student_link_repository
 */
final class hand_link_test extends \advanced_testcase {
    /** @var \local_mzi_generator records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * Whom a student is linked to.
     *
     * @param int $id
     * @return int|null
     */
    private static function user_of(int $id): ?int {
        global $DB;
        $userid = $DB->get_field('local_mzi_students', 'moodle_user_id', ['id' => $id]);
        return $userid === null ? null : (int) $userid;
    }

    /**
     * The service.
     *
     * @return hand_link
     */
    private static function links(): hand_link {
        return \core\di::get(hand_link::class);
    }

    public function test_a_link_by_hand_is_told_and_logged_and_outlasts_what_the_crm_says(): void {
        global $DB;
        $student = $this->generator->student(['student_id' => 'A-1']);
        $this->generator->upsert('enrollments', 'E1', ['zoho_student_id' => $student->zohoid, 'zoho_class_id' => 'C1']);
        $ada = $this->getDataGenerator()->create_user();
        $sink = $this->redirectEvents();

        self::links()->link($student->id, (int) $ada->id);

        $this->assertSame((int) $ada->id, self::user_of($student->id));
        $payload = $DB->get_field('local_mzi_outbox', 'payload', ['event_type' => 'student_linked']);
        $this->assertSame(['zoho_student_id' => $student->zohoid, 'userid' => (int) $ada->id], json_decode($payload, true));
        $this->assertSame('due', $DB->get_field('local_mzi_enrollments', 'moodle_enrolment_state', []));
        $events = array_values(array_filter($sink->get_events(), fn($event) => $event instanceof student_link_changed));
        $this->assertSame(
            [(int) $ada->id, $student->id, 'link'],
            [(int) $events[0]->relateduserid, (int) $events[0]->objectid, $events[0]->other['action']]
        );
        $sink->close();

        $other = $this->getDataGenerator()->create_user(['idnumber' => 'A-1']);
        $this->generator->upsert('students', $student->zohoid, [
            'student_id' => 'A-1', 'moodle_user_id' => (int) $other->id, 'modified_time' => 5000, 'read_time' => 6000,
        ]);
        $this->assertSame((int) $ada->id, self::user_of($student->id));
    }

    public function test_a_link_that_was_taken_away_stays_away_until_the_rules_decide_again(): void {
        $ada = $this->getDataGenerator()->create_user(['idnumber' => 'A-1']);
        $student = $this->generator->student(['student_id' => 'A-1']);
        $this->assertSame((int) $ada->id, self::user_of($student->id));

        self::links()->unlink($student->id);
        $this->assertNull(self::user_of($student->id));
        $again = fn(int $time) => $this->generator->upsert('students', $student->zohoid, [
            'student_id' => 'A-1', 'city' => "City $time", 'modified_time' => $time, 'read_time' => $time,
        ]);
        $again(5000);
        $linker = \core\di::get(student_linker::class);
        $this->assertSame(0, $linker->link_all());
        $this->assertSame(0, $linker->link([(int) $ada->id]));
        $this->assertNull(self::user_of($student->id));

        self::links()->release($student->id);
        $this->assertNull(self::user_of($student->id));
        $this->assertSame(1, $linker->link_all());
        $this->assertSame((int) $ada->id, self::user_of($student->id));
    }

    public function test_nobody_who_cannot_log_in_is_linked(): void {
        global $CFG;
        $student = $this->generator->student();
        $suspended = $this->getDataGenerator()->create_user(['suspended' => 1]);
        foreach ([(int) $suspended->id, (int) $CFG->siteguest, 0, 99999999] as $userid) {
            try {
                self::links()->link($student->id, $userid);
                $this->fail("User $userid was linked.");
            } catch (\moodle_exception $exception) {
                $this->assertSame('link_nouser', $exception->errorcode);
            }
        }
        $this->generator->delete('students', $student->zohoid, 9000);
        $ada = $this->getDataGenerator()->create_user();
        $this->expectExceptionMessage(get_string('nostudent', 'local_mzi'));
        self::links()->link($student->id, (int) $ada->id);
    }

    public function test_lists_and_search_find_who_is_meant(): void {
        $plain = $this->generator->student();
        $ada = $this->getDataGenerator()->create_user([
            'firstname' => 'Ada', 'lastname' => 'Love%lace', 'email' => 'ada@example.org', 'idnumber' => 'X-9',
        ]);
        $linked = $this->generator->student([], (int) $ada->id);

        [$total, $students] = self::links()->unlinked(0);
        $this->assertSame([1, [$plain->id]], [$total, array_map(fn($one) => (int) $one->id, $students)]);
        $this->assertSame([], self::links()->unlinked(1)[1]);
        $this->assertSame([], self::links()->decided());
        self::links()->link($plain->id, (int) $ada->id);
        $this->assertCount(1, self::links()->decided());
        $this->assertSame($linked->id, self::links()->numbered('STU-000002'));
        $this->assertSame($linked->id, self::links()->numbered($linked->zohoid));
        $this->assertNull(self::links()->numbered(''));
        $this->assertNull(self::links()->numbered('STU-%'));

        $found = fn(string $query, bool $identity = true) => array_map(
            fn($user) => [(int) $user->id, $user->students],
            self::links()->search($query, $identity)
        );
        $this->assertSame([[(int) $ada->id, 2]], $found(' ada  LOVE%LACE '));
        $this->assertSame([[(int) $ada->id, 2]], $found('x-9'));
        $this->assertSame([], $found('x-9', false));
        $this->assertSame([], $found('ada_x'));
        $this->assertSame([], $found('  '));
    }
}
