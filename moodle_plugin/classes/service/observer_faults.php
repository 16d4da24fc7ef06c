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

use local_mzi\local\observer_fault;

/**
 * Remembers that events could not be noted, where no transaction takes it back. Never holds a value of the event.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class observer_faults {
    /** Key in the cache. */
    private const KEY = 'fault';

    /**
     * Notes a fault. Does not throw.
     *
     * @param \Throwable $fault
     */
    public static function note(\Throwable $fault): void {
        $place = basename($fault->getFile()) . ':' . $fault->getLine();
        // The reason of a database error can quote values, so only its class and place are told.
        self::log('an event could not be noted: ' . $fault::class . " at $place");
        try {
            $now = \core\di::get(\core\clock::class)->time();
            $count = (self::read()?->count ?? 0) + 1;
            self::cache()->set(self::KEY, ['count' => $count, 'last' => $now, 'class' => $fault::class]);
        } catch (\Throwable $second) {
            self::log('and that could not be remembered: ' . $second::class);
        }
    }

    /**
     * One line into the log of PHP: debugging() would show it to the user, whom it must not hinder.
     *
     * @param string $line
     */
    private static function log(string $line): void {
        error_log("local_mzi: $line"); // phpcs:ignore moodle.PHP.ForbiddenFunctions.FoundWithAlternative
    }

    /**
     * What was noted since the last look.
     *
     * @return observer_fault|null null for nothing
     */
    public static function read(): ?observer_fault {
        $held = self::cache()->get(self::KEY);
        return is_array($held) ? new observer_fault($held['count'], $held['last'], $held['class']) : null;
    }

    /**
     * Forgets them.
     */
    public static function clear(): void {
        self::cache()->delete(self::KEY);
    }

    /**
     * The cache.
     *
     * @return \cache
     */
    private static function cache(): \cache {
        return \cache::make('local_mzi', 'observer_faults');
    }
}
