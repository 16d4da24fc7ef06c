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
 * One page of the students that a search found.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class search_result {
    /**
     * Constructor.
     *
     * @param string $query
     * @param student[] $students
     * @param int $total
     * @param int $page
     * @param int $pagesize
     */
    public function __construct(
        /** @var string what was looked for */
        public readonly string $query,
        /** @var student[] the students of the page, by name */
        public readonly array $students,
        /** @var int how many there are on all pages */
        public readonly int $total,
        /** @var int number of the page, the first is 0 */
        public readonly int $page,
        /** @var int students on a full page */
        public readonly int $pagesize,
    ) {
    }

    /**
     * How many pages there are, one at the least.
     *
     * @return int
     */
    public function pages(): int {
        return max(1, (int) ceil($this->total / $this->pagesize));
    }
}
