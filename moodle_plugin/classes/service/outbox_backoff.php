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

use local_mzi\local\outbox_settings;

/**
 * When an event that could not be sent is tried again, and when no more. Functions of their arguments
 * and settings.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_backoff {
    /** Seconds before the second try; each one behind it waits twice as long. */
    private const FIRST = MINSECS;

    /** Longest wait. */
    private const LONGEST = 6 * HOURSECS;

    /** How much of a wait is left to chance, so that sites do not come all at once. */
    private const JITTER = 0.2;

    /**
     * When to try again.
     *
     * @param int $attempts so far, at least one
     * @param int $now epoch seconds
     * @param int|null $retryafter seconds that the other side asks for
     * @param float $chance from 0 to 1
     * @return int epoch seconds
     */
    public static function next(int $attempts, int $now, ?int $retryafter, float $chance): int {
        $wait = min(self::LONGEST, self::FIRST * 2 ** min(20, max(0, $attempts - 1)));
        $wait = (int) round($wait * (1 + self::JITTER * (2 * $chance - 1)));
        return $now + min(self::LONGEST, max($wait, $retryafter ?? 0));
    }

    /**
     * Whether to give up.
     *
     * @param int $first when it was tried first, epoch seconds
     * @param int $attempts so far
     * @param int $now epoch seconds
     * @return bool
     */
    public static function is_over(int $first, int $attempts, int $now): bool {
        return $now - $first >= outbox_settings::patience() && $attempts >= outbox_settings::tries();
    }
}
