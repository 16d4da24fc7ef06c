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

use local_mzi\event\student_viewed;
use local_mzi\local\student;
use local_mzi\local\tab;
use local_mzi\output\no_student;
use local_mzi\output\student_page;
use local_mzi\service\student_access;

/**
 * The page "My studies".
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class my_studies {
    /**
     * Shows the tab that is asked for.
     */
    public static function show(): void {
        $tab = tab::tryFrom(optional_param('tab', '', PARAM_ALPHA)) ?? tab::PROFILE;
        $tab = $tab->is_shown() ? $tab : tab::PROFILE;
        $studentid = optional_param('student', 0, PARAM_INT) ?: null;
        $access = \core\di::get(student_access::class);
        $own = $access->own();
        if ($studentid === null && !$own) {
            self::show_nothing($access);
            return;
        }
        self::show_tab($tab, $access->resolve($studentid), $studentid !== null, $own);
    }

    /**
     * Shows a tab.
     *
     * @param tab $tab
     * @param student $student
     * @param bool $named whether the address names the student
     * @param student[] $own the viewer's own records
     */
    private static function show_tab(tab $tab, student $student, bool $named, array $own): void {
        global $OUTPUT;
        $access = \core\di::get(student_access::class);
        $page = new student_page($tab, $student, $access->audience($student), $named, $own);
        page_setup::open($tab->url($named ? $student->id : null), $page->title(), $page->heading());
        student_viewed::of($student, $tab)->trigger();
        $body = $OUTPUT->render($page);
        echo $OUTPUT->header(), $body, $OUTPUT->footer();
    }

    /**
     * Shows why there is nothing; who looks after students goes on to their list.
     *
     * @param student_access $access
     */
    private static function show_nothing(student_access $access): void {
        global $OUTPUT;
        if ($access->sees_all()) {
            redirect(new \moodle_url('/local/mzi/search.php'));
        }
        page_setup::open(new \moodle_url('/local/mzi/index.php'), get_string('page_mystudies', 'local_mzi'));
        echo $OUTPUT->header(), $OUTPUT->render(new no_student()), $OUTPUT->footer();
    }
}
