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

use local_mzi\output\admin\clear;
use local_mzi\service\outbox_clearing;

/**
 * Deletes old events for the bridge that are settled.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class clear_page {
    /** Most days. */
    private const DAYS = 36500;

    /**
     * Asks; deletes when that is confirmed.
     */
    public static function show(): void {
        admin_page::open('events');
        $events = admin_page::url('events');
        if (!admin_page::is_sent()) {
            redirect($events);
        }
        $days = min(self::DAYS, max(1, required_param('days', PARAM_INT)));
        $clearing = \core\di::get(outbox_clearing::class);
        if (optional_param('confirm', false, PARAM_BOOL)) {
            admin_page::done($events, get_string('clear_done', 'local_mzi', $clearing->clear($days)));
        }
        admin_page::show('events', new clear($days, $clearing->count($days)));
    }
}
