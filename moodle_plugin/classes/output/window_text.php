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

use local_mzi\local\window_state;
use local_mzi\service\site_day;

/**
 * A window as a person reads it, in days of the site's time zone. The last day belongs to it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class window_text {
    /**
     * The text.
     *
     * @param window_state $state
     * @param int|null $opensat first second
     * @param int|null $closesat first second that is too late
     * @return string empty for a window that is always open
     */
    public static function of(window_state $state, ?int $opensat, ?int $closesat): string {
        return match ($state) {
            window_state::CLOSED => get_string('request_window_is_closed', 'local_mzi'),
            window_state::OVER => get_string('request_window_is_over', 'local_mzi', self::day($closesat - 1)),
            window_state::LATER => get_string('request_window_is_later', 'local_mzi', self::day($opensat)),
            window_state::OPEN => $closesat === null
                ? ''
                : get_string('request_window_is_open', 'local_mzi', self::day($closesat - 1)),
        };
    }

    /**
     * The day of a time.
     *
     * @param int $time
     * @return string
     */
    private static function day(int $time): string {
        return format::date(site_day::of($time));
    }
}
