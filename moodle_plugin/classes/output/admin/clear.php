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

/**
 * The question before old events are deleted.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class clear implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param int $days
     * @param int $count how many would be deleted
     */
    public function __construct(
        /** @var int how old they must be */
        private readonly int $days,
        /** @var int how many would be deleted */
        private readonly int $count,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_clear';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $about = (object) ['count' => format::number($this->count), 'days' => format::number($this->days)];
        return [
            'action' => admin_page::url('clear')->out(false),
            'back' => admin_page::url('events')->out(false),
            'sesskey' => sesskey(),
            'days' => $this->days,
            'any' => $this->count > 0,
            'question' => get_string($this->count > 0 ? 'clear_confirm' : 'clear_none', 'local_mzi', $about),
        ];
    }
}
