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
 * How often events could not be noted.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class observer_fault {
    /**
     * Constructor.
     *
     * @param int $count
     * @param int $last when it happened last, epoch seconds
     * @param string $class of what was thrown last
     */
    public function __construct(
        /** @var int how often */
        public readonly int $count,
        /** @var int when it happened last, epoch seconds */
        public readonly int $last,
        /** @var string class of what was thrown last */
        public readonly string $class,
    ) {
    }
}
