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
use local_mzi\local\student;

/**
 * What somebody sees who has scanned a student card: whether it is valid, and then whose it is. No more.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_check implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param student|null $holder
     * @param int $wait
     */
    public function __construct(
        /** @var student|null who has the card, null if it is not valid */
        private readonly ?student $holder,
        /** @var int seconds to wait before a card is checked again, 0 if this one was */
        private readonly int $wait = 0,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/card_check';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'school' => card_pdf::school(),
            'wait' => $this->wait ? get_string('verify_wait', 'local_mzi', $this->wait) : null,
            'isvalid' => $this->holder !== null,
            'name' => $this->holder?->displayname,
            'program' => $this->holder?->program,
        ];
    }
}
