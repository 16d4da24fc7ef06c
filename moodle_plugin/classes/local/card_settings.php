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
 * The admin setting for how long a student card is valid.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_settings {
    /** Months that a card is valid, unless the administrator wants another number. */
    public const DEFAULT_MONTHS = 12;

    /**
     * Months that a card issued today is valid.
     *
     * @return int
     */
    public static function months(): int {
        $months = get_config('local_mzi', 'cardmonths');
        return $months === false ? self::DEFAULT_MONTHS : (int) $months;
    }

    /**
     * The setting.
     *
     * @return \admin_setting
     */
    public static function setting(): \admin_setting {
        return new \admin_setting_configtext(
            'local_mzi/cardmonths',
            new \lang_string('setting_cardmonths', 'local_mzi'),
            new \lang_string('setting_cardmonths_desc', 'local_mzi'),
            self::DEFAULT_MONTHS,
            '/^(?:[1-9]|[1-9]\d|1[01]\d|120)$/',
            3
        );
    }
}
