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
use local_mzi\form\windows_form;
use local_mzi\service\request_windows;

/**
 * The page on which the office opens and closes requests.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class windows_page {
    /** Name of the page in the tree of settings. */
    public const NAME = 'local_mzi_windows';

    /**
     * Shows the form, or keeps what was sent.
     */
    public static function show(): void {
        global $CFG, $OUTPUT;
        require_once($CFG->libdir . '/adminlib.php');
        admin_externalpage_setup(self::NAME);
        $url = new \moodle_url('/local/mzi/windows.php');
        $windows = \core\di::get(request_windows::class);
        $form = new windows_form($url);
        if ($form->is_cancelled()) {
            redirect($url);
        }
        if ($data = $form->get_data()) {
            $windows->set(windows_form::windows((array) $data));
            redirect($url, get_string('changessaved'), null, notification::NOTIFY_SUCCESS);
        }
        $form->fill($windows->all());
        echo $OUTPUT->header(), $OUTPUT->heading(get_string('request_windows', 'local_mzi'));
        echo \html_writer::tag('p', get_string('request_windows_desc', 'local_mzi', \core_date::get_localised_timezone(
            \core_date::get_server_timezone()
        )));
        echo $form->render(), $OUTPUT->footer();
    }
}
