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
use core_reportbuilder\system_report_factory;
use local_mzi\reportbuilder\local\systemreports\events;
use local_mzi\service\outbox_clearing;

/**
 * The log of events for the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class events_page {
    /**
     * Shows it.
     */
    public static function show(): void {
        global $OUTPUT;
        admin_page::open('events');
        $report = system_report_factory::create(events::class, system::instance());
        $form = $OUTPUT->render_from_template('local_mzi/admin_clear_form', [
            'action' => admin_page::url('clear')->out(false),
            'sesskey' => sesskey(),
            'days' => outbox_clearing::proposed(),
        ]);
        echo $OUTPUT->header(), $OUTPUT->heading(get_string('admin_events', 'local_mzi'));
        echo \html_writer::tag('p', get_string('events_intro', 'local_mzi'));
        echo \html_writer::div($report->output(), 'local-mzi local-mzi-log'), $form, $OUTPUT->footer();
    }
}
