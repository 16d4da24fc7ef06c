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

use local_mzi\event\request_windows_updated;
use local_mzi\form\windows_form;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\window_state;

/**
 * When which request can be made.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\request_windows
 * @covers     \local_mzi\service\site_day
 * @covers     \local_mzi\local\request_window
 * @covers     \local_mzi\repository\request_window_repository
 * @covers     \local_mzi\form\windows_form
 * @covers     \local_mzi\event\request_windows_updated
 */
final class request_windows_test extends \advanced_testcase {
    /**
     * The windows.
     *
     * @return request_windows
     */
    private static function windows(): request_windows {
        return \core\di::get(request_windows::class);
    }

    /**
     * Sets the window for dropping classes.
     *
     * @param bool $enabled
     * @param int|null $opensat
     * @param int|null $closesat
     */
    private static function set(bool $enabled, ?int $opensat = null, ?int $closesat = null): void {
        self::windows()->set([new request_window(request_type::DROP, $enabled, $opensat, $closesat)]);
    }

    public function test_a_type_that_nobody_opened_is_closed(): void {
        foreach (request_type::cases() as $type) {
            $this->assertFalse(self::windows()->is_open($type));
        }
        $this->assertSame(window_state::CLOSED, self::windows()->state(self::windows()->all()['drop']));
    }

    public function test_a_window_is_open_from_its_first_second_to_the_one_before_its_end(): void {
        $this->resetAfterTest();
        $clock = $this->mock_clock_with_frozen(1000);
        self::set(true, 2000, 3000);
        $states = [];
        foreach ([1999, 2000, 2999, 3000] as $time) {
            $clock->set_to($time);
            $states[] = self::windows()->state(self::windows()->all()['drop']);
        }
        $this->assertSame([window_state::LATER, window_state::OPEN, window_state::OPEN, window_state::OVER], $states);
        $this->assertFalse(self::windows()->is_open(request_type::ENROLL));
    }

    public function test_a_window_without_an_end_stays_open_and_a_closed_one_stays_closed(): void {
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(5000);
        self::set(true);
        $this->assertTrue(self::windows()->is_open(request_type::DROP));
        self::set(true, 4000);
        $this->assertTrue(self::windows()->is_open(request_type::DROP));
        self::set(false, 4000, 6000);
        $this->assertFalse(self::windows()->is_open(request_type::DROP));
    }

    public function test_only_a_change_leaves_a_trace(): void {
        global $DB;
        $this->resetAfterTest();
        $this->setAdminUser();
        $sink = $this->redirectEvents();
        self::set(true, 1, 2);
        self::set(true, 1, 2);
        self::set(true, 1, 3);

        $events = $sink->get_events();
        $this->assertSame([request_windows_updated::class, request_windows_updated::class], array_map('get_class', $events));
        $this->assertStringContainsString("'drop'", $events[1]->get_description());
        $this->assertSame(1, $DB->count_records('local_mzi_request_windows'));
    }

    public function test_the_last_day_of_the_form_belongs_to_the_window_in_the_time_zone_of_the_site(): void {
        $this->resetAfterTest();
        $this->setTimezone('Asia/Amman', 'America/Lima');
        $day = fn(string $day) => (new \DateTimeImmutable($day, new \DateTimeZone('Asia/Amman')))->getTimestamp();

        [$window] = array_values(array_filter(
            windows_form::windows([
                'mode_drop' => 'between',
                'opens_drop' => $day('2026-03-01'),
                'closes_drop' => $day('2026-03-10'),
                'mode_card' => 'always',
            ]),
            fn(request_window $window) => $window->type === request_type::DROP
        ));

        $this->assertSame([$day('2026-03-01'), $day('2026-03-11')], [$window->opensat, $window->closesat]);
    }

    public function test_a_window_that_ends_before_it_begins_is_refused(): void {
        global $CFG;
        $this->resetAfterTest();
        $this->setAdminUser();
        $data = ['opens_drop' => time(), 'closes_drop' => time() - DAYSECS, 'mode_drop' => 'between'];
        $form = new windows_form(new \moodle_url('/local/mzi/windows.php'));

        $this->assertSame(['closes_drop'], array_keys($form->validation($data, [])));
        $this->assertSame([], $form->validation(['mode_drop' => 'closed'] + $data, []));
        $this->assertSame([], $form->validation(['closes_drop' => time()] + $data, []));
    }

    public function test_the_office_finds_the_page_without_other_settings(): void {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $this->resetAfterTest();
        $user = $this->getDataGenerator()->create_user();
        $this->setUser($user);
        $this->assertFalse((bool) admin_get_root(true, false)->locate('local_mzi_windows')->check_access());

        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/mzi:manage', CAP_ALLOW, $role, \core\context\system::instance());
        role_assign($role, $user->id, \core\context\system::instance());
        $this->assertTrue(admin_get_root(true, false)->locate('local_mzi_windows')->check_access());
        $this->assertNull(admin_get_root(true)->locate('local_mzi_enrolment'));
    }
}
