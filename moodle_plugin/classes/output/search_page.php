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
use local_mzi\local\search_result;

/**
 * The page on which staff look for students.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class search_page implements \renderable, named_templatable {
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
        return 'local_mzi/search';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'action' => (new \moodle_url('/local/mzi/search.php'))->out(false),
            'query' => $this->result->query,
        ] + (new search_results($this->result))->export_for_template($output);
    }
}
