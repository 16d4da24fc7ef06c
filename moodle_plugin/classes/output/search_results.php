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

use core\output\named_templatable;
use local_mzi\local\crm_word;
use local_mzi\local\search_result;
use local_mzi\local\student;
use local_mzi\local\tab;

/**
 * What a search found, as page and external function show it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class search_results implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param search_result $result
     */
    public function __construct(
        /** @var search_result what was found */
        private readonly search_result $result,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/search_results';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $page = $this->result->page;
        $pages = $this->result->pages();
        return [
            'summary' => $this->summary(),
            'total' => $this->result->total,
            'page' => $page,
            'students' => array_map(self::line(...), $this->result->students),
            'ispaged' => $pages > 1,
            'position' => get_string('search_position', 'local_mzi', [
                'page' => format::number($page + 1),
                'pages' => format::number($pages),
            ]),
            'previous' => $page > 0 ? [['page' => $page - 1]] : [],
            'next' => $page < $pages - 1 ? [['page' => $page + 1]] : [],
        ];
    }

    /**
     * What was found, in one sentence.
     *
     * @return string
     */
    private function summary(): string {
        if (!$this->result->total) {
            return get_string('search_none', 'local_mzi');
        }
        $first = $this->result->page * $this->result->pagesize;
        return get_string('search_summary', 'local_mzi', [
            'first' => format::number($first + 1),
            'last' => format::number($first + count($this->result->students)),
            'total' => format::number($this->result->total),
        ]);
    }

    /**
     * A student on the list.
     *
     * @param student $student
     * @return array
     */
    private static function line(student $student): array {
        return [
            'id' => $student->id,
            'name' => trim($student->displayname) === '' ? $student->zohoid : $student->displayname,
            'number' => (string) $student->number,
            'email' => (string) $student->email,
            'program' => (string) $student->program,
            'status' => crm_word::shown($student->status),
            'url' => tab::PROFILE->url($student->id)->out(false),
        ];
    }
}
