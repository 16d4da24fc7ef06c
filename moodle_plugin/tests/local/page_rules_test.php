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
 * Small rules of the pages.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\best_grades
 * @covers     \local_mzi\local\masked_number
 * @covers     \local_mzi\local\teams_link
 * @covers     \local_mzi\local\status_list
 * @covers     \local_mzi\local\feature
 * @covers     \local_mzi\local\page_settings
 */
final class page_rules_test extends \advanced_testcase {
    /**
     * Numbers and what is shown of them.
     *
     * @return array
     */
    public static function numbers(): array {
        return [
            [null, null], ['', null], ['  ', null], ['9991234567', '••••567'], ['123456', '••••456'], ['12345', '••••'],
            ['1', '••••'], ['٩٩٩١٢٣٤٥٦٧', '••••٥٦٧'], [' 1234567 ', '••••567'],
        ];
    }

    /**
     * A number is never shown whole.
     *
     * @dataProvider numbers
     * @param string|null $number
     * @param string|null $shown
     */
    public function test_of_a_number_only_the_end_is_shown(?string $number, ?string $shown): void {
        $this->assertSame($shown, masked_number::of($number));
    }

    /**
     * What the CRM may keep as a team, and the address.
     *
     * @return array
     */
    public static function teams(): array {
        $group = '0a1b2c3d-1111-4222-8333-444455556666';
        $thread = 'https://teams.microsoft.com/l/team/19%3Aabc_D-1%40thread.tacv2/conversations';
        return [
            ['19:abc_D-1@thread.tacv2', $thread],
            [" 19:abc_D-1@thread.tacv2\n", $thread],
            [$group, "https://teams.microsoft.com/l/team/conversations/General?groupId=$group"],
            ["$thread?groupId=$group", "$thread?groupId=$group"],
            [null, null],
            ['', null],
            ['Team 7', null],
            ['javascript:alert(1)', null],
            ['https://teams.microsoft.com.example.org/l/team/x', null],
            ['https://teams.microsoft.com@example.org/l/team/x', null],
            ['http://teams.microsoft.com/l/team/x', null],
            ['https://teams.microsoft.com/"onclick="x', null],
            ['19:abc@thread.tacv2/../../x', null],
        ];
    }

    /**
     * Only Teams is ever linked to.
     *
     * @dataProvider teams
     * @param string|null $id
     * @param string|null $address
     */
    public function test_a_team_is_linked_to_and_no_other_site(?string $id, ?string $address): void {
        $this->assertSame($address, teams_link::of($id));
    }

    public function test_the_best_letter_is_the_one_of_the_unit(): void {
        $units = [
            (object) ['zoho_unit_id' => '480000000000000001', 'name' => 'Programming', 'code' => 'H/1'],
            (object) ['zoho_unit_id' => '480000000000000002', 'name' => ' networking', 'code' => null],
            (object) ['zoho_unit_id' => '480000000000000003', 'name' => 'Programming', 'code' => 'H/3'],
        ];
        $grade = fn(string $letter, ?string $unit, ?string $name = null) => (object) [
            'grade' => $letter, 'zoho_unit_id' => $unit, 'unit_name' => $name,
        ];
        $best = best_grades::by_unit([
            $grade('R', '480000000000000001'), $grade('M', '480000000000000001'), $grade('P', '480000000000000001'),
            $grade('RR', null, 'Networking'), $grade('R', null, 'NETWORKING '), $grade('X', null, 'networking'),
            $grade('', '480000000000000003'), $grade('F', null, 'h/3'), $grade('D', null, 'Unknown'), $grade('D', null, null),
        ], $units);

        ksort($best);
        $this->assertEquals(
            ['480000000000000001' => 'M', '480000000000000002' => 'R', '480000000000000003' => 'F'],
            $best
        );
        $this->assertSame(['D', 'M', 'P', 'Mapped', 'd', 'Merit'], array_values(array_filter(
            ['D', 'M', 'P', 'Mapped', 'R', 'RR', 'F', 'd', 'Merit', 'Refer', 'A*', '', null],
            best_grades::passes(...)
        )));
    }

    public function test_a_word_is_the_letter_that_it_means(): void {
        $unit = (object) ['zoho_unit_id' => 'u', 'name' => 'Unit', 'code' => null];
        $grades = array_map(
            fn(string $grade) => (object) ['grade' => $grade, 'zoho_unit_id' => 'u', 'unit_name' => null],
            ['Pass', ' distinction ', 'M', 'Refer']
        );

        $this->assertSame(['u' => 'D'], best_grades::by_unit($grades, [$unit]));
    }

    public function test_letters_are_in_order(): void {
        $unit = (object) ['zoho_unit_id' => 'u', 'name' => 'Unit', 'code' => null];
        $order = ['D', 'M', 'P', 'Mapped', 'R', 'RR', 'F', 'other'];
        foreach ($order as $index => $better) {
            foreach (array_slice($order, $index + 1) as $worse) {
                foreach ([[$better, $worse], [$worse, $better]] as $letters) {
                    $grades = array_map(fn(string $letter) => (object) [
                        'grade' => $letter, 'zoho_unit_id' => 'u', 'unit_name' => null,
                    ], $letters);
                    $this->assertSame(['u' => $better], best_grades::by_unit($grades, [$unit]));
                }
            }
        }
    }

    public function test_a_status_is_on_a_list_in_any_spelling_and_an_empty_one_never(): void {
        $this->resetAfterTest();
        $this->assertTrue(status_list::RELEASED->contains(' released'));
        $this->assertFalse(status_list::RELEASED->contains('Ready for release'));
        $this->assertFalse(status_list::RELEASED->contains(null));
        set_config('activestatuses', "Active\r\n\r\n  Frozen  \n", 'local_mzi');
        $this->assertSame(['Active', 'Frozen'], status_list::ACTIVE->values());
        $this->assertTrue(status_list::ACTIVE->contains('FROZEN'));
        $this->assertFalse(status_list::ACTIVE->contains(''));
    }

    public function test_only_one_place_knows_what_day_it_is(): void {
        $folder = \core_component::get_component_directory('local_mzi') . '/classes';
        $files = new \RegexIterator(
            new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder)),
            '~\.php$~'
        );
        $zoned = array_filter(
            array_map(strval(...), iterator_to_array($files, false)),
            fn(string $file) => str_contains(file_get_contents($file), 'server_timezone_object')
        );

        $this->assertSame(["$folder/service/site_day.php"], array_values($zoned));
    }

    public function test_every_switch_and_list_is_a_setting_and_on_at_first(): void {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $this->resetAfterTest();
        $this->setAdminUser();
        $settings = (array) admin_get_root(true)->locate('local_mzi_pages')->settings;
        foreach (feature::cases() as $feature) {
            $this->assertTrue($feature->is_on());
            $this->assertEquals(1, $settings["local_mzi{$feature->setting()}"]->get_defaultsetting());
            set_config($feature->setting(), 0, 'local_mzi');
            $this->assertFalse($feature->is_on());
        }
        foreach (status_list::cases() as $list) {
            $this->assertSame($list->preset(), $settings["local_mzi{$list->value}"]->get_defaultsetting());
        }
        $this->expectException(\moodle_exception::class);
        feature::CARD->require_on();
    }
}
