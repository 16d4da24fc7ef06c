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

namespace local_mzi\external;

use core\context\system;
use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\output\search_results;
use local_mzi\service\student_search;

/**
 * Finds students by name, number or e-mail address.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class search_students extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'query' => new external_value(PARAM_RAW, 'Words that name, number or e-mail address hold; none finds all'),
            'page' => new external_value(PARAM_INT, 'Number of the page, the first is 0', VALUE_DEFAULT, 0),
        ]);
    }

    /**
     * One page of what is found.
     *
     * @param string $query
     * @param int $page
     * @return array as the template local_mzi/search_results wants it
     */
    public static function execute(string $query, int $page = 0): array {
        global $PAGE;
        $parameters = self::validate_parameters(self::execute_parameters(), ['query' => $query, 'page' => $page]);
        $context = system::instance();
        self::validate_context($context);
        require_capability('local/mzi:viewall', $context);
        $result = \core\di::get(student_search::class)->find($parameters['query'], $parameters['page']);
        return (new search_results($result))->export_for_template($PAGE->get_renderer('core'));
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        $pagelink = fn(string $which) => new external_multiple_structure(
            new external_single_structure(['page' => new external_value(PARAM_INT, 'Number of the page')]),
            "The $which page, none or one"
        );
        return new external_single_structure([
            'summary' => new external_value(PARAM_TEXT, 'What was found, in one sentence'),
            'total' => new external_value(PARAM_INT, 'Students on all pages'),
            'page' => new external_value(PARAM_INT, 'Number of this page, the last one where there are less'),
            'students' => new external_multiple_structure(new external_single_structure([
                'id' => new external_value(PARAM_INT, 'Row of the student'),
                'name' => new external_value(PARAM_RAW, 'Name as the CRM has it, not escaped'),
                'number' => new external_value(PARAM_RAW, 'Student number, not escaped'),
                'email' => new external_value(PARAM_RAW, 'Academic e-mail address, not escaped'),
                'program' => new external_value(PARAM_RAW, 'Name of the programme, not escaped'),
                'status' => new external_value(PARAM_RAW, 'Status as the CRM has it, not escaped'),
                'url' => new external_value(PARAM_URL, 'The student\'s page'),
            ])),
            'ispaged' => new external_value(PARAM_BOOL, 'Whether there is more than one page'),
            'position' => new external_value(PARAM_TEXT, 'Which page of how many'),
            'previous' => $pagelink('previous'),
            'next' => $pagelink('next'),
        ]);
    }
}
