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

use core\context\system;
use core_external\external_api;
use local_mzi\event\student_viewed;
use local_mzi\local\student;
use local_mzi\local\tab;

/**
 * The functions behind the pages of students.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\external\get_tab
 * @covers     \local_mzi\external\get_student_dashboard
 * @covers     \local_mzi\event\student_viewed
 */
final class pages_test extends \advanced_testcase {
    /** @var \stdClass a student's user */
    private \stdClass $ada;

    /** @var student her record */
    private student $student;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->ada = $this->getDataGenerator()->create_user();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->student = $generator->student(['display_name' => 'Ada <script>'], (int) $this->ada->id);
    }

    /**
     * Calls a function as a browser does.
     *
     * @param string $name
     * @param array $arguments
     * @return array
     */
    private static function call(string $name, array $arguments): array {
        global $PAGE, $OUTPUT;
        $PAGE = new \moodle_page();
        $OUTPUT = new \bootstrap_renderer();
        $_POST['sesskey'] = sesskey();
        return external_api::call_external_function("local_mzi_$name", $arguments, true);
    }

    public function test_a_student_gets_every_tab_that_is_switched_on(): void {
        $this->setUser($this->ada);
        set_config('show_requests', 0, 'local_mzi');
        foreach (tab::cases() as $tab) {
            $answer = self::call('get_tab', ['tab' => $tab->value]);
            $this->assertSame($tab === tab::REQUESTS, $answer['error'], $tab->value);
            if (!$answer['error']) {
                $this->assertNotSame('', $answer['data']['html']);
                $this->assertSame("/local/mzi/index.php?tab=$tab->value", $answer['data']['returnurl']);
                $this->assertStringNotContainsString('<script>', $answer['data']['html']);
            }
        }
        $this->assertTrue(self::call('get_tab', ['tab' => 'settings'])['error']);
    }

    public function test_a_look_at_a_student_is_an_event(): void {
        $this->setAdminUser();
        $sink = $this->redirectEvents();

        self::call('get_tab', ['tab' => 'classes', 'student' => $this->student->id]);

        $events = array_values(array_filter($sink->get_events(), fn($event) => $event instanceof student_viewed));
        $this->assertCount(1, $events);
        $this->assertEquals([$this->student->id, $this->ada->id], [$events[0]->objectid, $events[0]->relateduserid]);
        $this->assertStringContainsString("'classes'", $events[0]->get_description());
        $this->assertStringContainsString('tab=classes', $events[0]->get_url()->out(false));
    }

    public function test_nobody_else_gets_a_tab_or_the_dashboard_by_any_id(): void {
        $bob = $this->getDataGenerator()->create_user();
        $own = $this->getDataGenerator()->get_plugin_generator('local_mzi')->student([], (int) $bob->id);
        $teacher = $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'editingteacher');
        foreach ([$bob, $teacher, guest_user()] as $user) {
            $this->setUser($user);
            foreach ([-1, 0, 1, $this->student->id, $own->id, $own->id + 1] as $id) {
                $answer = self::call('get_tab', ['tab' => 'profile', 'student' => $id]);
                $this->assertSame(!($user === $bob && in_array($id, [0, $own->id])), $answer['error'], "$user->id $id");
            }
            foreach ([$this->ada, $bob, $teacher, guest_user()] as $asked) {
                $answer = self::call('get_student_dashboard', ['userid' => (int) $asked->id]);
                $this->assertSame(!($user === $bob && $asked === $bob), $answer['error'], "$user->id $asked->id");
            }
        }
    }

    public function test_the_student_staff_and_the_bridge_get_the_dashboard(): void {
        $bridge = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/mzi:sync', CAP_ALLOW, $role, system::instance());
        role_assign($role, $bridge->id, system::instance());
        foreach ([$this->ada, get_admin(), $bridge] as $user) {
            $this->setUser($user);
            $answer = self::call('get_student_dashboard', ['userid' => (int) $this->ada->id]);
            $this->assertFalse($answer['error'], json_encode($answer));
            $dashboard = json_decode($answer['data']['dashboard'], true);
            $this->assertSame($this->student->zohoid, $dashboard['student']['zoho_student_id']);
            $this->assertSame('Ada <script>', $dashboard['profile']['display_name']);
            $missing = self::call('get_student_dashboard', ['userid' => (int) $bridge->id]);
            $this->assertSame('nostudent', $missing['exception']->errorcode);
        }
    }

    public function test_no_way_tells_the_student_or_the_bridge_what_is_not_released_or_for_staff(): void {
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $of = ['zoho_student_id' => $this->student->zohoid];
        $generator->upsert('registrations', 'r1', $of + [
            'zoho_program_id' => 'p1', 'currency' => 'USD', 'total_fees' => '1000.00', 'remaining_amount' => '700.00',
        ]);
        $generator->upsert('units', 'u1', ['zoho_program_id' => 'p1', 'name' => 'Law']);
        $generator->upsert('grades', 'g1', $of + [
            'unit_name' => 'Law', 'title' => 'Secret', 'grade' => 'D', 'feedback' => 'Secret', 'grade_status' => 'In review',
            'outcomes' => [['zoho_outcome_id' => 'o1', 'code' => 'Secret', 'score' => 'Achieved']],
        ]);
        set_config('gradepoints_d', '4', 'local_mzi');
        $bridge = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/mzi:sync', CAP_ALLOW, $role, system::instance());
        role_assign($role, $bridge->id, system::instance());

        $dashboard = function (\stdClass $user): array {
            $this->setUser($user);
            $answer = self::call('get_student_dashboard', ['userid' => (int) $this->ada->id]);
            return json_decode($answer['data']['dashboard'], true);
        };
        foreach ([$this->ada, $bridge] as $user) {
            $told = $dashboard($user);
            $this->assertStringNotContainsString('Secret', json_encode($told));
            $this->assertNull($told['academics']['registrations'][0]['units'][0]['best_grade']);
            $this->assertSame([0, null], [array_sum($told['grades']['counts']), $told['grades']['average']]);
            $this->assertArrayNotHasKey('differs', $told['finance']['accounts'][0]);
        }
        $this->setUser($this->ada);
        foreach (tab::cases() as $tab) {
            $html = self::call('get_tab', ['tab' => $tab->value])['data']['html'];
            $this->assertStringNotContainsString('Secret', $html, $tab->value);
            $this->assertStringNotContainsString('local-mzi-warning', $html, $tab->value);
        }
        $staff = $dashboard(get_admin());
        $this->assertSame('Secret', $staff['grades']['units'][0]['attempts'][0]['feedback']);
        $this->assertTrue($staff['finance']['accounts'][0]['differs']);
    }

    public function test_what_is_switched_off_is_in_no_answer(): void {
        $this->setUser($this->ada);
        foreach ([tab::FINANCE, tab::REQUESTS] as $tab) {
            $dashboard = fn() => json_decode(
                self::call('get_student_dashboard', ['userid' => (int) $this->ada->id])['data']['dashboard'],
                true
            );
            $this->assertArrayHasKey($tab->value, $dashboard());
            set_config("show_{$tab->value}", 0, 'local_mzi');
            $this->assertArrayNotHasKey($tab->value, $dashboard());
            $this->assertSame('page_switchedoff', self::call('get_tab', ['tab' => $tab->value])['exception']->errorcode);
        }
    }

    public function test_the_bridge_may_call_the_dashboard_and_no_tab(): void {
        global $DB;
        $service = $DB->get_field('external_services', 'id', ['shortname' => 'local_mzi_bridge']);
        $names = $DB->get_fieldset('external_services_functions', 'functionname', ['externalserviceid' => $service]);
        $this->assertContains('local_mzi_get_student_dashboard', $names);
        $this->assertNotContains('local_mzi_get_tab', $names);
    }
}
