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
 * Numbers, money and dates as the user's language writes them. All results are plain text, not HTML.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class format {
    /**
     * An amount of money, with the code of its currency behind it.
     *
     * @param string|null $amount decimal such as "1250.00"
     * @param string|null $currency
     * @return string empty for no amount
     */
    public static function money(?string $amount, ?string $currency): string {
        if ($amount === null) {
            return '';
        }
        // A no-break space; the code is not translated, so that no currency can be taken for another.
        return trim(self::number($amount, 2) . "\u{00A0}" . $currency, " \u{00A0}");
    }

    /**
     * A number with the separators of the language.
     *
     * @param string|int|float|null $number
     * @param int $decimals
     * @return string empty for no number
     */
    public static function number(string|int|float|null $number, int $decimals = 0): string {
        if ($number === null) {
            return '';
        }
        $point = get_string('decsep', 'langconfig');
        return number_format((float) $number, $decimals, $point, get_string('thousandssep', 'langconfig'));
    }

    /**
     * A date. It belongs to no time zone, so none can move it to another day.
     *
     * @param string|null $date "YYYY-MM-DD"
     * @return string empty for no date
     */
    public static function date(?string $date): string {
        $noon = $date === null ? false : \DateTimeImmutable::createFromFormat('!Y-m-d H', "$date 12", new \DateTimeZone('UTC'));
        return $noon ? userdate($noon->getTimestamp(), get_string('strftimedate', 'langconfig'), 'UTC', false) : '';
    }

    /**
     * A time, in the user's time zone.
     *
     * @param int|null $time
     * @return string empty for no time
     */
    public static function time(?int $time): string {
        return $time ? userdate($time, get_string('strftimedatetime', 'langconfig')) : '';
    }
}
