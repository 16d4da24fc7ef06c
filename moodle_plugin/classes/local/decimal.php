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
 * Exact numbers with two decimals: whole hundredths inside, texts such as "1250.00" outside.
 *
 * A column holds at most 10^12 hundredths, so neither a sum nor a share leaves 64 bits.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class decimal {
    /**
     * A number as the database gives it.
     *
     * @param string|null $text "1250.00"
     * @return int|null hundredths
     * @throws \coding_exception if the text is no such number
     */
    public static function hundredths(?string $text): ?int {
        if ($text === null) {
            return null;
        }
        if (!preg_match('/^(-?)(\d{1,10})(?:\.(\d{1,2}))?$/D', $text, $part)) {
            throw new \coding_exception('not a number with two decimals');
        }
        $hundredths = (int) $part[2] * 100 + (int) str_pad($part[3] ?? '', 2, '0');
        return $part[1] ? -$hundredths : $hundredths;
    }

    /**
     * A number for the page or the interface.
     *
     * @param int|null $hundredths
     * @return string|null "1250.00"
     */
    public static function text(?int $hundredths): ?string {
        if ($hundredths === null) {
            return null;
        }
        $size = abs($hundredths);
        return sprintf('%s%d.%02d', $hundredths < 0 ? '-' : '', intdiv($size, 100), $size % 100);
    }

    /**
     * A percentage of a number, half a hundredth rounded up.
     *
     * @param int $hundredths of the whole, 0 or more
     * @param int $percentage hundredths of a per cent, 0 to 10000
     * @return int hundredths
     */
    public static function share(int $hundredths, int $percentage): int {
        return intdiv($hundredths * $percentage + 5000, 10000);
    }
}
