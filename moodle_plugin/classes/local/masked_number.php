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
 * A national number of which only the end is shown, enough to know one's own again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class masked_number {
    /** How many characters of the end are shown. */
    private const SHOWN = 3;

    /** What stands for the rest, always as many, so that the length is not told either. */
    private const MASK = "\u{2022}\u{2022}\u{2022}\u{2022}";

    /**
     * The number as it may be shown.
     *
     * @param string|null $number
     * @return string|null null for no number; of a number too short to hide anything, only the mask
     */
    public static function of(?string $number): ?string {
        $number = trim((string) $number);
        if ($number === '') {
            return null;
        }
        $hidden = \core_text::strlen($number) - self::SHOWN;
        return self::MASK . ($hidden < self::SHOWN ? '' : \core_text::substr($number, -self::SHOWN));
    }
}
