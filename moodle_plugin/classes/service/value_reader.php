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
use local_mzi\entity\definition;
use local_mzi\local\fault_code;
use local_mzi\local\misfit;

/**
 * One JSON value, checked against its column and brought into the form the database takes.
 *
 * Strict: a type is never guessed, so "5" is no integer. Strings come out of json_decode as valid UTF-8.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class value_reader {
    /** Largest whole number, ten digits. */
    private const INT_MAX = 9_999_999_999;

    /**
     * The value of a column; null clears it.
     *
     * @param column $column
     * @param mixed $value
     * @return string|int|null
     * @throws misfit
     */
    public static function value(column $column, mixed $value): string|int|null {
        if ($value === null) {
            return null;
        }
        return match ($column->type) {
            column_type::TEXT => self::text($value, $column->length),
            column_type::INT, column_type::DATETIME => self::int($value, -self::INT_MAX),
            column_type::BOOL => self::bool($value),
            column_type::DATE => self::date($value),
            column_type::MONEY => self::money($value),
            column_type::JSON => self::json($value),
        };
    }

    /**
     * An id: of a CRM record, or of a row among its siblings.
     *
     * @param mixed $value
     * @param int $length most characters
     * @return string
     * @throws misfit
     */
    public static function id(mixed $value, int $length = definition::ID_LENGTH): string {
        if ($value === null || $value === '') {
            throw new misfit(fault_code::REQUIRED);
        }
        return self::matching(self::text($value, $length), '/^[A-Za-z0-9_]+$/D', 'A-Z a-z 0-9 _');
    }

    /**
     * A version or another time that must be there.
     *
     * @param mixed $value
     * @return int epoch seconds
     * @throws misfit
     */
    public static function time(mixed $value): int {
        return self::int($value ?? throw new misfit(fault_code::REQUIRED), 0);
    }

    /**
     * The hash of a record.
     *
     * @param mixed $value
     * @return string
     * @throws misfit
     */
    public static function content_hash(mixed $value): string {
        $text = self::text($value ?? throw new misfit(fault_code::REQUIRED), 64);
        return self::matching($text, '/^[0-9a-f]{64}$/D', '64 x 0-9a-f');
    }

    /**
     * A string without NUL, which PostgreSQL cannot hold.
     *
     * @param mixed $value
     * @param int $length most characters, 0 for no limit
     * @return string
     * @throws misfit
     */
    private static function text(mixed $value, int $length): string {
        if (!is_string($value)) {
            throw new misfit(fault_code::WRONG_TYPE, 'string');
        }
        if ($length && \core_text::strlen($value) > $length) {
            throw new misfit(fault_code::TOO_LONG, (string) $length);
        }
        if (str_contains($value, "\0") || !mb_check_encoding($value, 'UTF-8')) {
            throw new misfit(fault_code::INVALID_VALUE, 'UTF-8, no NUL');
        }
        return $value;
    }

    /**
     * A whole number.
     *
     * @param mixed $value
     * @param int $min
     * @return int
     * @throws misfit
     */
    private static function int(mixed $value, int $min): int {
        // A whole number beyond 64 bits comes out of json_decode as a float.
        $toolarge = is_float($value) && abs($value) >= PHP_INT_MAX;
        if (!is_int($value) && !$toolarge) {
            throw new misfit(fault_code::WRONG_TYPE, 'integer');
        }
        if ($toolarge || $value < $min || $value > self::INT_MAX) {
            throw new misfit(fault_code::OUT_OF_RANGE, $min . ' … ' . self::INT_MAX);
        }
        return $value;
    }

    /**
     * Yes or no.
     *
     * @param mixed $value
     * @return int
     * @throws misfit
     */
    private static function bool(mixed $value): int {
        if (!is_bool($value) && !is_int($value)) {
            throw new misfit(fault_code::WRONG_TYPE, '0, 1, false, true');
        }
        if (is_int($value) && $value !== 0 && $value !== 1) {
            throw new misfit(fault_code::OUT_OF_RANGE, '0, 1');
        }
        return (int) $value;
    }

    /**
     * A day that exists.
     *
     * @param mixed $value
     * @return string
     * @throws misfit
     */
    private static function date(mixed $value): string {
        $text = self::matching(self::text($value, 0), '/^\d{4}-\d{2}-\d{2}$/D', 'YYYY-MM-DD');
        [$year, $month, $day] = array_map('intval', explode('-', $text));
        if (!checkdate($month, $day, $year)) {
            throw new misfit(fault_code::INVALID_VALUE, 'YYYY-MM-DD');
        }
        return $text;
    }

    /**
     * An exact number with two decimals.
     *
     * @param mixed $value
     * @return string
     * @throws misfit
     */
    private static function money(mixed $value): string {
        $text = self::matching(self::text($value, 0), '/^-?\d+\.\d{2}$/D', '1250.00');
        if (!preg_match('/^-?\d{1,10}\./', $text)) {
            throw new misfit(fault_code::OUT_OF_RANGE, '-9999999999.99 … 9999999999.99');
        }
        return $text;
    }

    /**
     * A list or an object, as text.
     *
     * @param mixed $value
     * @return string
     * @throws misfit
     */
    private static function json(mixed $value): string {
        if (!is_array($value) && !is_object($value)) {
            throw new misfit(fault_code::WRONG_TYPE, 'list, object');
        }
        return json_encode(
            $value,
            JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR
        );
    }

    /**
     * A text of a given form.
     *
     * @param string $text
     * @param string $pattern
     * @param string $expected the form, for the message
     * @return string
     * @throws misfit
     */
    private static function matching(string $text, string $pattern, string $expected): string {
        return preg_match($pattern, $text) ? $text : throw new misfit(fault_code::INVALID_VALUE, $expected);
    }
}
