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
use local_mzi\local\card_state;

/**
 * Why a student has no card.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class no_card implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param card_state $state
     */
    public function __construct(
        /** @var card_state why */
        private readonly card_state $state,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/no_student';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return ['text' => get_string("card_no_{$this->state->value}", 'local_mzi')];
    }
}
