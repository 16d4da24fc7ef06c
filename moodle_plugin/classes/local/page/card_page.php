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
use local_mzi\event\card_downloaded;
use local_mzi\event\card_withdrawn;
use local_mzi\local\audience;
use local_mzi\local\card_state;
use local_mzi\local\student;
use local_mzi\output\card_pdf;
use local_mzi\output\card_view;
use local_mzi\output\no_card;
use local_mzi\service\student_access;
use local_mzi\service\student_card;

/**
 * The page of a student card: preview, PDF, and its withdrawal by staff.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_page {
    /**
     * Constructor.
     *
     * @param student_card $cards
     * @param student $student
     * @param \moodle_url $url
     */
    private function __construct(
        /** @var student_card issues the cards */
        private readonly student_card $cards,
        /** @var student whose card it is */
        private readonly student $student,
        /** @var \moodle_url the page's address */
        private readonly \moodle_url $url,
    ) {
    }

    /**
     * Does what the request asks for.
     */
    public static function show(): void {
        $studentid = optional_param('student', 0, PARAM_INT) ?: null;
        $access = \core\di::get(student_access::class);
        $student = $access->resolve($studentid);
        $url = new \moodle_url('/local/mzi/card.php', $studentid ? ['student' => $studentid] : []);
        $page = new self(\core\di::get(student_card::class), $student, $url);
        $title = get_string('card_title', 'local_mzi');
        if ($access->audience($student) === audience::STAFF) {
            $title .= \moodle_page::TITLE_SEPARATOR . $student->displayname;
        }
        page_setup::open($url, $title);
        if (optional_param('withdraw', false, PARAM_BOOL)) {
            $page->withdraw();
        }
        if (student_card::state($student) === card_state::READY && optional_param('download', false, PARAM_BOOL)) {
            $page->download();
        }
        $page->preview();
    }

    /**
     * Withdraws the cards issued so far and comes back.
     *
     * @return never
     */
    private function withdraw(): never {
        if (!data_submitted()) {
            throw new \moodle_exception('invalidformdata');
        }
        require_sesskey();
        require_capability('local/mzi:manage', system::instance());
        $this->cards->withdraw($this->student);
        card_withdrawn::of($this->student)->trigger();
        redirect($this->url, get_string('card_withdrawn', 'local_mzi'), null, \core\output\notification::NOTIFY_SUCCESS);
    }

    /**
     * Sends the PDF.
     *
     * @return never
     */
    private function download(): never {
        $pdf = new card_pdf($this->cards->issue($this->student));
        $bytes = $pdf->bytes();
        card_downloaded::of($this->student)->trigger();
        send_file($bytes, $pdf->filename(), 0, 0, true, true, 'application/pdf');
    }

    /**
     * Shows the card, or why there is none.
     */
    private function preview(): void {
        global $OUTPUT;
        $state = student_card::state($this->student);
        $maywithdraw = has_capability('local/mzi:manage', system::instance());
        $content = $state === card_state::READY
            ? new card_view($this->cards->issue($this->student), $this->url, $maywithdraw)
            : new no_card($state);
        $body = $OUTPUT->render($content);
        echo $OUTPUT->header(), $body, $OUTPUT->footer();
    }
}
