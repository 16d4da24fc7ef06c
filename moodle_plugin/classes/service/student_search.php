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

use local_mzi\local\search_result;
use local_mzi\repository\student_search_repository;

/**
 * The search for students by staff.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_search {
    /** Students on a page. */
    public const PAGE_SIZE = 25;

    /** Words that count; what comes behind them is not looked for. */
    private const MOST_WORDS = 8;

    /** No page behind this one is looked for. */
    private const LAST_PAGE = 100000;

    /** Longest query, in characters. */
    private const LONGEST = 200;

    /** What is not seen and marks where words end or how they run: blanks, controls, direction marks. */
    private const BETWEEN = '/[\s\p{C}]+/u';

    /**
     * Constructor.
     *
     * @param student_search_repository $students
     */
    public function __construct(
        /** @var student_search_repository finds the students */
        private readonly student_search_repository $students,
    ) {
    }

    /**
     * Students whose name, number or e-mail address hold every word, wherever and in whatever order. No word: all.
     *
     * @param string $query
     * @param int $page the first is 0; one past the end gives the last one
     * @return search_result
     */
    public function find(string $query, int $page): search_result {
        $query = \core_text::substr(trim(preg_replace(self::BETWEEN, ' ', fix_utf8($query))), 0, self::LONGEST);
        $words = array_slice(array_filter(explode(' ', $query), fn(string $word) => $word !== ''), 0, self::MOST_WORDS);
        $page = max(0, min($page, self::LAST_PAGE));
        [$students, $total] = $this->students->find($words, $page * self::PAGE_SIZE, self::PAGE_SIZE);
        if (!$students && $page) {
            $page = max(0, (int) ceil($this->students->count($words) / self::PAGE_SIZE) - 1);
            [$students, $total] = $this->students->find($words, $page * self::PAGE_SIZE, self::PAGE_SIZE);
        }
        return new search_result($query, $students, $total, $page, self::PAGE_SIZE);
    }
}
