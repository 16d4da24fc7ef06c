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

use local_mzi\entity\column;
use local_mzi\entity\column_type;
use local_mzi\local\misfit;

/**
 * Which values fit which columns.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\value_reader
 */
final class value_reader_test extends \basic_testcase {
    /**
     * Values that fit, and what is stored.
     *
     * @return array
     */
    public static function fitting(): array {
        $ten = 'نصنصنصنصنص';
        return [
            'text' => ['text', 'Ada', 'Ada'],
            'empty text' => ['text', '', ''],
            'text counts characters, not bytes' => ['text', $ten, $ten],
            'int' => ['int', 5, 5],
            'negative int' => ['int', -5, -5],
            'largest int' => ['int', 9999999999, 9999999999],
            'true' => ['bool', true, 1],
            'false' => ['bool', false, 0],
            'one' => ['bool', 1, 1],
            'zero' => ['bool', 0, 0],
            'date' => ['date', '2024-02-29', '2024-02-29'],
            'moment' => ['datetime', 1700000000, 1700000000],
            'money' => ['money', '1250.00', '1250.00'],
            'negative money' => ['money', '-0.05', '-0.05'],
            'largest money' => ['money', '9999999999.99', '9999999999.99'],
            'list' => ['json', [1, 'é/'], '[1,"é/"]'],
            'empty list' => ['json', [], '[]'],
            'empty object' => ['json', new \stdClass(), '{}'],
            'null clears text' => ['text', null, null],
            'null clears money' => ['money', null, null],
            'null clears details' => ['json', null, null],
        ];
    }

    /**
     * A value that fits is stored without loss.
     *
     * @dataProvider fitting
     * @param string $type
     * @param mixed $value
     * @param mixed $stored
     */
    public function test_a_fitting_value_is_taken(string $type, mixed $value, mixed $stored): void {
        $this->assertSame($stored, value_reader::value(self::column($type), $value));
    }

    /**
     * Values that do not fit, and why.
     *
     * @return array
     */
    public static function misfits(): array {
        $wrong = [];
        $kinds = ['string' => 'x', 'int' => 5, 'float' => 1.5, 'bool' => true, 'list' => [], 'object' => new \stdClass()];
        $right = [
            'text' => ['string'], 'int' => ['int'], 'bool' => ['bool', 'int'], 'date' => ['string'],
            'datetime' => ['int'], 'money' => ['string'], 'json' => ['list', 'object'],
        ];
        foreach ($right as $type => $taken) {
            foreach (array_diff_key($kinds, array_flip($taken)) as $kind => $value) {
                $wrong["$kind in $type"] = [$type, $value, 'wrong_type'];
            }
        }
        return $wrong + [
            'number as text' => ['int', '5', 'wrong_type'],
            'whole number with a point' => ['int', 5.0, 'wrong_type'],
            'eleven digits' => ['int', 10000000000, 'out_of_range'],
            'beyond 64 bits' => ['int', 1e19, 'out_of_range'],
            'two as yes or no' => ['bool', 2, 'out_of_range'],
            'eleven characters' => ['text', 'نصنصنصنصنصن', 'too_long'],
            'NUL' => ['text', "a\0b", 'invalid_value'],
            'broken UTF-8' => ['text', "\xC3", 'invalid_value'],
            'no such day' => ['date', '2023-02-29', 'invalid_value'],
            'no such month' => ['date', '2023-13-01', 'invalid_value'],
            'no such year' => ['date', '0000-01-01', 'invalid_value'],
            'day first' => ['date', '29-02-2024', 'invalid_value'],
            'date with time' => ['date', '2024-02-29T00:00:00Z', 'invalid_value'],
            'date with line end' => ['date', "2024-02-29\n", 'invalid_value'],
            'empty date' => ['date', '', 'invalid_value'],
            'money as number' => ['money', 1250.00, 'wrong_type'],
            'one decimal' => ['money', '1250.0', 'invalid_value'],
            'no decimals' => ['money', '1250', 'invalid_value'],
            'three decimals' => ['money', '1.250', 'invalid_value'],
            'currency sign' => ['money', '$1,250.00', 'invalid_value'],
            'decimal comma' => ['money', '1250,00', 'invalid_value'],
            'no digit before the point' => ['money', '.50', 'invalid_value'],
            'plus sign' => ['money', '+1.00', 'invalid_value'],
            'exponent' => ['money', '1e3.00', 'invalid_value'],
            'arabic digits' => ['money', '١٢.٠٠', 'invalid_value'],
            'money with line end' => ['money', "1.00\n", 'invalid_value'],
            'eleven digits of money' => ['money', '12345678901.00', 'out_of_range'],
            'empty money' => ['money', '', 'invalid_value'],
            'text as details' => ['json', '[]', 'wrong_type'],
        ];
    }

    /**
     * A value that does not fit is refused with its reason.
     *
     * @dataProvider misfits
     * @param string $type
     * @param mixed $value
     * @param string $reason
     */
    public function test_a_misfit_is_refused(string $type, mixed $value, string $reason): void {
        try {
            value_reader::value(self::column($type), $value);
            $this->fail('The value was taken.');
        } catch (misfit $misfit) {
            $this->assertSame($reason, $misfit->reason->value);
        }
    }

    /**
     * Ids that are none.
     *
     * @return array
     */
    public static function bad_ids(): array {
        return [
            'null' => [null, 'required'],
            'empty' => ['', 'required'],
            'number' => [5725767000000000001, 'wrong_type'],
            'too long' => [str_repeat('1', 31), 'too_long'],
            'space' => ['1 2', 'invalid_value'],
            'line end' => ["1\n", 'invalid_value'],
            'quote' => ["1'", 'invalid_value'],
        ];
    }

    /**
     * An id is letters, digits and underscores, as a string.
     *
     * @dataProvider bad_ids
     * @param mixed $value
     * @param string $reason
     */
    public function test_a_bad_id_is_refused(mixed $value, string $reason): void {
        try {
            value_reader::id($value);
            $this->fail('The id was taken.');
        } catch (misfit $misfit) {
            $this->assertSame($reason, $misfit->reason->value);
        }
    }

    /**
     * A column of a type, ten characters long if it is a text.
     *
     * @param string $type
     * @return column
     */
    private static function column(string $type): column {
        return $type === 'text' ? column::text('sample', 10) : column::of('sample', column_type::from($type));
    }
}
