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

use local_mzi\local\grade_letter;

/**
 * What attempts come to.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\grade_summary
 * @covers     \local_mzi\local\grade_letter
 */
final class grade_summary_test extends \advanced_testcase {
    /**
     * Made-up rows.
     *
     * @param array[] $grades values
     * @return \stdClass[]
     */
    private static function rows(array $grades): array {
        return array_map(fn(array $values, int $index) => (object) ($values + [
            'id' => $index + 1, 'unit_name' => null, 'class_unit_name' => null, 'title' => null, 'grade' => null,
            'attempt_number' => null, 'attempt_date' => null,
        ]), $grades, array_keys($grades));
    }

    /**
     * Which result stands.
     *
     * @dataProvider standings
     * @param string|null $expected letter
     * @param array $grades of the attempts, the first attempt first
     */
    public function test_the_result_that_stands(?string $expected, array $grades): void {
        $rows = self::rows(array_map(
            fn(?string $grade, int $index) => ['unit_name' => 'U', 'grade' => $grade, 'attempt_number' => $index + 1],
            $grades,
            array_keys($grades)
        ));
        $unit = grade_summary::units($rows)[0];

        $this->assertSame($expected, grade_summary::standing($unit['attempts'])?->value);
    }

    /**
     * Attempts and what they come to.
     *
     * @return array
     */
    public static function standings(): array {
        return [
            'one attempt' => ['M', ['M']],
            'referred, then passed' => ['P', ['R', 'P']],
            'the best that achieves' => ['D', ['D', 'P']],
            'referred twice' => ['RR', ['R', 'RR']],
            'failed after a referral' => ['F', ['R', 'F']],
            'referred after a pass changes nothing' => ['P', ['P', 'R']],
            'achieved is better than mapped' => ['P', ['P', 'Mapped']],
            'mapped' => ['Mapped', ['R', 'mapped']],
            'words and small letters' => ['D', ['refer', ' distinction ']],
            'no grade yet' => ['R', ['R', null]],
            'nothing' => [null, [null, '']],
            'no letter of BTEC' => [null, ['A*', '85']],
        ];
    }

    public function test_each_unit_counts_once_and_a_second_referral_as_a_referral(): void {
        $letters = array_map(grade_letter::of(...), ['D', 'M', 'M', 'P', 'R', 'RR', null]);
        $this->assertSame(['D' => 1, 'M' => 2, 'P' => 1, 'R' => 2], grade_summary::counts($letters));

        $letters = array_map(grade_letter::of(...), ['F', 'Mapped']);
        $this->assertSame(['D' => 0, 'M' => 0, 'P' => 0, 'Mapped' => 1, 'R' => 0, 'F' => 1], grade_summary::counts($letters));
    }

    public function test_attempts_belong_together_by_their_unit_whatever_its_spelling(): void {
        $units = grade_summary::units(self::rows([
            ['unit_name' => 'Unit 1:  Law', 'attempt_number' => '1', 'attempt_date' => '2026-01-01'],
            ['unit_name' => null, 'class_unit_name' => ' unit 1: law ', 'attempt_number' => '2', 'attempt_date' => '2025-01-01'],
            ['unit_name' => 'Unit 2', 'attempt_number' => '9', 'attempt_date' => '2026-03-01'],
            ['title' => 'Essay', 'attempt_date' => '2024-01-01'],
            [],
            [],
        ]));

        $this->assertSame(['Unit 2', 'Unit 1:  Law', 'Essay', null, null], array_column($units, 'name'));
        $this->assertSame([2, 1], array_column($units[1]['attempts'], 'id'));
    }

    public function test_there_is_no_average_until_the_administrator_sets_points(): void {
        $this->resetAfterTest();
        $letters = array_map(grade_letter::of(...), ['D', 'D', 'P', 'R', null]);
        $this->assertNull(grade_summary::average($letters));

        set_config('gradepoints_d', '4', 'local_mzi');
        set_config('gradepoints_p', '2.50', 'local_mzi');
        $this->assertSame('3.50', grade_summary::average($letters));

        set_config('gradepoints_r', '0', 'local_mzi');
        $this->assertSame('2.63', grade_summary::average($letters));
        $this->assertNull(grade_summary::average(array_map(grade_letter::of(...), ['M', null])));
        $this->assertNull(grade_summary::average([]));
    }

    public function test_points_that_are_no_number_are_none(): void {
        $this->resetAfterTest();
        foreach (['4,5', 'four', '-1', '1.234', ' '] as $wrong) {
            set_config('gradepoints_d', $wrong, 'local_mzi');
            $this->assertNull(grade_letter::DISTINCTION->points(), $wrong);
        }
    }
}
