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
use local_mzi\output\admin\unlinked;
use local_mzi\service\hand_link;

/**
 * The page with the students whom nobody is in Moodle.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class unlinked_page {
    /**
     * Shows them; leads to one by its number.
     */
    public static function show(): void {
        admin_page::open('unlinked');
        require_capability('local/mzi:viewall', system::instance());
        $links = \core\di::get(hand_link::class);
        if (admin_page::is_sent()) {
            $id = $links->numbered(trim(optional_param('number', '', PARAM_TEXT)));
            if ($id === null) {
                admin_page::failed(admin_page::url('unlinked'), get_string('unlinked_nonumber', 'local_mzi'));
            }
            redirect(admin_page::url('link', ['student' => $id]));
        }
        $page = max(0, optional_param('page', 0, PARAM_INT));
        [$total, $students] = $links->unlinked($page);
        admin_page::show('unlinked', new unlinked($students, $links->decided(), $total, $page));
    }
}
