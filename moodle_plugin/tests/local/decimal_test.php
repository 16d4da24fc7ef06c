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
 * Exact amounts.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\decimal
 */
final class decimal_test extends \basic_testcase {
    public function test_what_is_read_is_written_again_to_the_last_hundredth(): void {
        foreach (['0.00', '0.01', '-0.01', '0.10', '1250.00', '-12.05', '9999999999.99', '-9999999999.99'] as $amount) {
            $this->assertSame($amount, decimal::text(decimal::hundredths($amount)));
        }
        $this->assertSame([1200, 1250, -5], array_map(decimal::hundredths(...), ['12', '12.5', '-0.05']));
        $this->assertNull(decimal::hundredths(null));
        $this->assertNull(decimal::text(null));
    }

    /**
     * What is no amount.
     *
     * @dataProvider no_amounts
     * @param string $text
     */
    public function test_nothing_is_guessed(string $text): void {
        $this->expectException(\coding_exception::class);

        decimal::hundredths($text);
    }

    /**
     * Texts that look like amounts to somebody.
     *
     * @return array
     */
    public static function no_amounts(): array {
        return array_map(fn(string $text) => [$text], ['', ' 1', '1.234', '1,250.00', '1e3', '.5', "1.00\n", '12345678901.00']);
    }

    public function test_a_share_is_rounded_half_up_without_a_float(): void {
        $this->assertSame(15625, decimal::share(125000, 1250));
        $this->assertSame(13, decimal::share(250, 500));
        $this->assertSame(12, decimal::share(249, 500));
        $this->assertSame(999999999999, decimal::share(999999999999, 10000));
        $this->assertSame(0, decimal::share(100, 0));
    }
}
