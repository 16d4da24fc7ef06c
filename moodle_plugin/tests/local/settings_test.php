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

/**
 * The page of settings.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\matching_order_setting
 * @covers     \local_mzi\local\brake_numbers
 * @covers     \local_mzi\local\changeable_field
 * @covers     \local_mzi\local\change_fields_setting
 * @covers     \local_mzi\local\grade_letter
 */
final class settings_test extends \advanced_testcase {
    /**
     * A setting of the page.
     *
     * @param string $name
     * @param string $page
     * @return \admin_setting
     */
    private function setting(string $name, string $page = 'local_mzi'): \admin_setting {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $this->resetAfterTest();
        $this->setAdminUser();
        return admin_get_root(true)->locate($page)->settings->{"local_mzi$name"};
    }

    public function test_an_order_that_means_something_is_saved(): void {
        $setting = $this->setting('usermatching');

        $this->assertSame(matching::DEFAULT_ORDER, $setting->get_defaultsetting());
        $this->assertSame('', $setting->write_setting('email, idnumber'));
        $this->assertSame([matching::EMAIL, matching::IDNUMBER], matching::order());
        $this->assertNotSame('', $setting->write_setting('email,phone'));
        $this->assertSame([matching::EMAIL, matching::IDNUMBER], matching::order());
    }

    public function test_the_brake_has_two_whole_numbers(): void {
        $this->assertEquals(new brake_numbers(10, 2), brake_numbers::current());
        $this->assertSame('', $this->setting('brake_minimum')->write_setting('0'));
        $this->assertSame('', $this->setting('brake_percent')->write_setting('100'));
        foreach (['', '-1', '1.5', 'ten'] as $wrong) {
            $this->assertNotSame('', $this->setting('brake_minimum')->write_setting($wrong), $wrong);
            $this->assertNotSame('', $this->setting('brake_percent')->write_setting($wrong), $wrong);
        }
        $this->assertNotSame('', $this->setting('brake_percent')->write_setting('101'));
        $this->assertEquals(new brake_numbers(0, 100), brake_numbers::current());
    }

    public function test_the_retention_is_a_number_of_days(): void {
        $setting = $this->setting('synclogretention');

        $this->assertSame('', $setting->write_setting('30'));
        $this->assertNotSame('', $setting->write_setting('-1'));
        $this->assertSame('30', get_config('local_mzi', 'synclogretention'));
    }

    public function test_only_columns_of_students_can_be_offered_for_change(): void {
        $setting = $this->setting('changefields', 'local_mzi_pages');

        $this->assertSame('', $setting->write_setting("Phone Number = phone\n\n City=city "));
        $this->assertSame(['Phone Number', 'City'], array_keys(changeable_field::all()));
        foreach (['Phone', 'Phone = nowhere', "A = city\nA = phone", 'Photo = city', 'Id = moodle_user_id'] as $wrong) {
            $this->assertNotSame('', $setting->write_setting($wrong), $wrong);
        }
        $this->assertSame(['Phone Number', 'City'], array_keys(changeable_field::all()));
    }

    public function test_points_of_grades_are_numbers_or_nothing(): void {
        $this->setting('usermatching');
        $page = admin_get_root()->locate('local_mzi_pages')->settings;
        foreach (grade_letter::cases() as $letter) {
            $setting = $page->{"local_mzi{$letter->setting()}"};
            $this->assertSame('', $setting->get_defaultsetting());
            foreach (['-1', '1,5', 'four', '1.234', '4 ', "4\n"] as $wrong) {
                $this->assertNotSame('', $setting->write_setting($wrong), $wrong);
            }
            $this->assertSame('', $setting->write_setting('2.5'));
            $this->assertSame(250, $letter->points());
            $this->assertSame('', $setting->write_setting(''));
            $this->assertNull($letter->points());
        }
    }
}
