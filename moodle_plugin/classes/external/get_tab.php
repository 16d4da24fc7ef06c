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
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\event\student_viewed;
use local_mzi\local\tab;
use local_mzi\output\student_page;
use local_mzi\service\student_access;

/**
 * Returns one tab of a student's page, ready to be put into it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_tab extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'tab' => new external_value(PARAM_ALPHA, 'Name of the tab'),
            'student' => new external_value(PARAM_INT, 'Row of the student, 0 for one\'s own', VALUE_DEFAULT, 0),
        ]);
    }

    /**
     * The tab.
     *
     * @param string $tab
     * @param int $student
     * @return array
     */
    public static function execute(string $tab, int $student = 0): array {
        global $PAGE, $OUTPUT;
        ['tab' => $name, 'student' => $studentid] = self::validate_parameters(
            self::execute_parameters(),
            ['tab' => $tab, 'student' => $student]
        );
        self::validate_context(system::instance());
        $access = \core\di::get(student_access::class);
        $student = $access->resolve($studentid ?: null);
        $tab = tab::tryFrom($name);
        if (!$tab?->is_shown()) {
            throw new \moodle_exception('page_switchedoff', 'local_mzi');
        }
        $url = $tab->url($studentid ?: null);
        $PAGE->set_url($url);
        student_viewed::of($student, $tab)->trigger();
        // Whatever the page would need at its end is sent along with the tab.
        $OUTPUT->header();
        $PAGE->start_collecting_javascript_requirements();
        $page = new student_page($tab, $student, $access->audience($student), $studentid !== 0, []);
        return [
            'html' => $OUTPUT->render($page->body()),
            'javascript' => $PAGE->requires->get_end_code(false),
            'heading' => $tab->title(),
            'title' => $page->title(),
            'said' => get_string('page_opened', 'local_mzi', $tab->title()),
            'returnurl' => $url->out_as_local_url(false),
        ];
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'html' => new external_value(PARAM_RAW, 'Content of the tab'),
            'javascript' => new external_value(PARAM_RAW, 'What the content needs to be run'),
            'heading' => new external_value(PARAM_TEXT, 'Name of the tab'),
            'title' => new external_value(PARAM_RAW, 'Title of the page'),
            'said' => new external_value(PARAM_TEXT, 'What a screen reader says'),
            'returnurl' => new external_value(PARAM_LOCALURL, 'Address of the tab'),
        ]);
    }
}
