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

namespace local_mzi\output\admin;

use core\output\named_templatable;
use local_mzi\local\page\admin_page;
use local_mzi\output\format;
use local_mzi\service\hand_link;

/**
 * Students whom nobody is in Moodle, and those of whom a person decided.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class unlinked implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param \stdClass[] $students of this page
     * @param \stdClass[] $decided
     * @param int $total
     * @param int $page from 0
     */
    public function __construct(
        /** @var \stdClass[] students of this page */
        private readonly array $students,
        /** @var \stdClass[] students of whom a person decided */
        private readonly array $decided,
        /** @var int how many have no user */
        private readonly int $total,
        /** @var int from 0 */
        private readonly int $page,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_unlinked';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $pages = (int) ceil($this->total / hand_link::PAGE);
        $to = fn(int $page) => $page >= 0 && $page < $pages
            ? [['url' => admin_page::url('unlinked', ['page' => $page])->out(false)]]
            : [];
        return [
            'action' => admin_page::url('unlinked')->out(false),
            'sesskey' => sesskey(),
            'total' => get_string('unlinked_total', 'local_mzi', format::number($this->total)),
            'students' => array_map(student_line::export(...), $this->students),
            'decided' => array_map(student_line::export(...), $this->decided),
            'ispaged' => $pages > 1,
            'position' => get_string('search_position', 'local_mzi', (object) [
                'page' => format::number($this->page + 1), 'pages' => format::number($pages),
            ]),
            'previous' => $to($this->page - 1),
            'next' => $to($this->page + 1),
        ];
    }
}
