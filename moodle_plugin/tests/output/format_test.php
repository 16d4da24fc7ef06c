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

namespace local_mzi\output;

/**
 * Numbers, money and dates in words.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\output\format
 */
final class format_test extends \advanced_testcase {
    public function test_money_has_separators_and_the_code_of_its_currency(): void {
        $this->assertSame("1,250.00\u{00A0}USD", format::money('1250.00', 'USD'));
        $this->assertSame('0.50', format::money('0.5', null));
        $this->assertSame("9,999,999,999.99\u{00A0}JOD", format::money('9999999999.99', 'JOD'));
        $this->assertSame('', format::money(null, 'USD'));
        $this->assertSame("-3.00\u{00A0}USD", format::money('-3', 'USD'));
    }

    /**
     * Time zones at both ends of the day.
     *
     * @return array
     */
    public static function zones(): array {
        return [['Pacific/Kiritimati'], ['Pacific/Pago_Pago'], ['UTC'], ['99']];
    }

    /**
     * A date is the same day everywhere.
     *
     * @dataProvider zones
     * @param string $zone
     */
    public function test_no_time_zone_moves_a_date(string $zone): void {
        $this->resetAfterTest();
        $this->setUser($this->getDataGenerator()->create_user(['timezone' => $zone]));
        $this->assertSame('28 February 2003', format::date('2003-02-28'));
        $this->assertSame('31 December 1899', format::date('1899-12-31'));
    }

    public function test_nothing_and_nonsense_are_empty(): void {
        $this->assertSame(['', '', ''], [format::date(null), format::date('soon'), format::time(null)]);
        $this->assertSame(['', '0', '1,234'], [format::number(null), format::number(0), format::number('1234')]);
    }
}
