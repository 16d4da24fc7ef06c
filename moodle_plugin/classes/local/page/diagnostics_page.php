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

use local_mzi\output\admin\diagnostics;
use local_mzi\service\bridge_watch;
use local_mzi\service\check_list;
use local_mzi\service\status;

/**
 * The page that says what is well and what is not.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class diagnostics_page {
    /**
     * Shows it.
     */
    public static function show(): void {
        admin_page::open('diagnostics');
        admin_page::show('diagnostics', new diagnostics(
            check_list::all(),
            \core\di::get(status::class)->read(),
            \core\di::get(bridge_watch::class)->look()
        ));
    }
}
