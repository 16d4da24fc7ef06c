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

use local_mzi\output\admin\connection as connection_output;
use local_mzi\service\connection_test;

/**
 * The page that tests the connection with the bridge, both ways.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class connection_page {
    /**
     * Shows the button; tests when it is pressed.
     */
    public static function show(): void {
        admin_page::open('connection');
        $result = admin_page::is_sent() ? \core\di::get(connection_test::class)->run() : null;
        admin_page::show('connection', new connection_output($result));
    }
}
