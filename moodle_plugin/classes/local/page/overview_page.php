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

use local_mzi\output\admin\overview;
use local_mzi\service\bridge_watch;
use local_mzi\service\outbox_report;

/**
 * The page that shows how the way to the bridge and back stands.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class overview_page {
    /**
     * Shows it; looks anew when that is wanted.
     */
    public static function show(): void {
        admin_page::open('overview');
        if (admin_page::is_sent()) {
            bridge_watch::forget();
            redirect(admin_page::url('overview'));
        }
        admin_page::show('overview', new overview(
            \core\di::get(outbox_report::class)->summary(),
            \core\di::get(bridge_watch::class)->look()
        ));
    }
}
