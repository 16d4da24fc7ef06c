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

namespace local_mzi\local\page;

use core\context\system;
use local_mzi\output\search_page as search_output;
use local_mzi\service\student_search;

/**
 * The page on which staff look for students.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class search_page {
    /**
     * Shows what was found.
     */
    public static function show(): void {
        global $OUTPUT;
        require_capability('local/mzi:viewall', system::instance());
        // The query is no part of the address: names of students do not belong into the logs of a web server.
        page_setup::open(new \moodle_url('/local/mzi/search.php'), get_string('page_students', 'local_mzi'));
        $result = \core\di::get(student_search::class)->find(
            optional_param('q', '', PARAM_RAW_TRIMMED),
            optional_param('page', 0, PARAM_INT)
        );
        $body = $OUTPUT->render(new search_output($result));
        echo $OUTPUT->header(), $body, $OUTPUT->footer();
    }
}
