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

use core\output\notification;
use local_mzi\form\request\request_form;
use local_mzi\local\request_refused;
use local_mzi\local\request_type;
use local_mzi\local\student;
use local_mzi\local\submission;
use local_mzi\local\tab;
use local_mzi\output\request_form_page;
use local_mzi\service\request_submission;
use local_mzi\service\request_windows;
use local_mzi\service\student_access;

/**
 * The page on which a student makes a request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_page {
    /**
     * Shows the form, or stores what was sent and goes back to the list.
     */
    public static function show(): void {
        $type = request_type::tryFrom(required_param('type', PARAM_ALPHA));
        if (!$type) {
            throw new \moodle_exception('request_unknowntype', 'local_mzi', tab::REQUESTS->url());
        }
        $studentid = optional_param('student', 0, PARAM_INT);
        $student = \core\di::get(student_access::class)->resolve($studentid ?: null);
        \core\di::get(request_submission::class)->require_allowed($student);
        $named = $studentid ? ['student' => $studentid] : [];
        page_setup::open(new \moodle_url('/local/mzi/request.php', ['type' => $type->value] + $named), $type->label());
        $class = "local_mzi\\form\\request\\{$type->value}_form";
        $form = new $class(null, ['type' => $type, 'student' => $student, 'studentid' => $studentid]);
        $list = tab::REQUESTS->url($studentid ?: null);
        if ($form->is_cancelled()) {
            redirect($list);
        }
        if ($data = $form->get_data()) {
            self::store($student, $form, (array) $data, $list);
            return;
        }
        self::show_form($type, $form, $list, $form->general_fault());
    }

    /**
     * Stores a request, or shows what is wrong with it.
     *
     * @param student $student
     * @param request_form $form
     * @param array $data
     * @param \moodle_url $list
     */
    private static function store(student $student, request_form $form, array $data, \moodle_url $list): void {
        $draft = $form->draft($data);
        try {
            $submission = \core\di::get(request_submission::class)->submit($student, $draft, $form::key($data));
        } catch (request_refused $refused) {
            self::show_form($draft->type, $form, $list, $refused->getMessage());
            return;
        }
        redirect($list, self::said($submission), null, notification::NOTIFY_SUCCESS);
    }

    /**
     * What the student is told. Nothing has been sent yet, and nothing else is said.
     *
     * @param submission $submission
     * @return string
     */
    private static function said(submission $submission): string {
        return $submission->repeated
            ? get_string('request_repeated', 'local_mzi', $submission->number)
            : get_string('request_stored', 'local_mzi', $submission->number);
    }

    /**
     * Shows the form, or when it will be open.
     *
     * @param request_type $type
     * @param request_form $form
     * @param \moodle_url $list
     * @param string|null $fault
     */
    private static function show_form(request_type $type, request_form $form, \moodle_url $list, ?string $fault): void {
        global $OUTPUT;
        $windows = \core\di::get(request_windows::class);
        $window = $windows->all()[$type->value];
        $page = new request_form_page($window, $windows->state($window), $form, $list, $fault);
        $body = $OUTPUT->render($page);
        echo $OUTPUT->header(), $body, $OUTPUT->footer();
    }
}
