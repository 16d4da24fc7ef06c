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
 * The two admin settings of the brake.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class brake_numbers {
    /** Closing changes that always go through, unless the administrator wants another number. */
    public const DEFAULT_MINIMUM = 10;

    /** Per cent of the living rows that may be closed, unless the administrator wants another number. */
    public const DEFAULT_PERCENT = 2;

    /**
     * Constructor.
     *
     * @param int $minimum
     * @param int $percent
     */
    public function __construct(
        /** @var int closing changes that always go through */
        public readonly int $minimum,
        /** @var int per cent of the living rows that may be closed */
        public readonly int $percent,
    ) {
    }

    /**
     * The numbers in force.
     *
     * @return self
     */
    public static function current(): self {
        $minimum = get_config('local_mzi', 'brake_minimum');
        $percent = get_config('local_mzi', 'brake_percent');
        return new self(
            $minimum === false ? self::DEFAULT_MINIMUM : (int) $minimum,
            $percent === false ? self::DEFAULT_PERCENT : (int) $percent,
        );
    }

    /**
     * Most closing changes within an hour.
     *
     * @param int $living rows that are not deleted
     * @return int
     */
    public function cap(int $living): int {
        return max($this->minimum, intdiv($living * $this->percent, 100));
    }
}
