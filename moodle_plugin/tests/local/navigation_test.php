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

namespace local_mzi\local;

use core_user\hook\extend_user_menu;
use core_user\output\myprofile\manager;

/**
 * The links by which people find the pages.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\navigation
 */
final class navigation_test extends \advanced_testcase {
    /**
     * The addresses that the hook adds for the current user.
     *
     * @return string[]
     */
    private static function menu(): array {
        $hook = new extend_user_menu();
        \core\di::get(\core\hook\manager::class)->dispatch($hook);
        return array_map(fn(\stdClass $item) => $item->url->out_as_local_url(false), $hook->get_navitems());
    }

    /**
     * The address on a user's profile.
     *
     * @param \stdClass $user
     * @return string|null
     */
    private static function on_profile(\stdClass $user): ?string {
        global $CFG, $PAGE, $USER;
        require_once($CFG->dirroot . '/user/profile/lib.php');
        $PAGE = new \moodle_page();
        $PAGE->set_url('/user/profile.php', ['id' => $user->id]);
        $tree = manager::build_tree($user, (int) $USER->id === (int) $user->id);
        return ($tree->nodes['local_mzi'] ?? null)?->url->out_as_local_url(false);
    }

    public function test_everybody_finds_what_they_may_see(): void {
        $this->resetAfterTest();
        $users = array_map(fn() => $this->getDataGenerator()->create_user(), range(0, 1));
        [$ada, $stranger] = $users;
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $student = $generator->student([], (int) $ada->id);

        $this->setUser($ada);
        $this->assertSame(['/local/mzi/index.php'], self::menu());
        $this->assertSame('/local/mzi/index.php?tab=profile', self::on_profile($ada));
        $this->setUser($stranger);
        $this->assertSame([], self::menu());
        $this->assertNull(self::on_profile($ada));
        $this->assertNull(self::on_profile($stranger));
        $this->setGuestUser();
        $this->assertSame([], self::menu());
        $this->setAdminUser();
        $this->assertSame(['/local/mzi/search.php'], self::menu());
        $this->assertSame("/local/mzi/index.php?tab=profile&student=$student->id", self::on_profile($ada));
    }
}
