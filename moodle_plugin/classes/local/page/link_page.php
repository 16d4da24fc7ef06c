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
use local_mzi\output\admin\link;
use local_mzi\service\hand_link;

/**
 * The page on which a person says who a student is in Moodle.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class link_page {
    /** What can be done. */
    private const ACTIONS = ['link', 'unlink', 'release'];

    /**
     * Shows the student and the users that fit; asks before it changes anything.
     */
    public static function show(): void {
        admin_page::open('unlinked');
        require_capability('local/mzi:viewall', system::instance());
        $links = \core\di::get(hand_link::class);
        $student = $links->student(required_param('student', PARAM_INT));
        $sent = admin_page::is_sent();
        $action = optional_param('action', '', PARAM_ALPHA);
        $userid = optional_param('user', 0, PARAM_INT);
        if ($sent && in_array($action, self::ACTIONS, true) && optional_param('confirm', false, PARAM_BOOL)) {
            self::act($links, (int) $student->id, $action, $userid);
        }
        $identity = has_capability('moodle/site:viewuseridentity', system::instance());
        $query = $sent ? \core_text::substr(trim(optional_param('q', '', PARAM_TEXT)), 0, 200) : '';
        $asked = $sent && in_array($action, self::ACTIONS, true) ? $action : '';
        admin_page::show('unlinked', new link(
            $student,
            $query,
            $links->search($query, $identity),
            $identity,
            $asked,
            $asked === 'link' ? \core_user::get_user($userid) ?: null : null
        ), 'link_title');
    }

    /**
     * Does what was confirmed.
     *
     * @param hand_link $links
     * @param int $studentid
     * @param string $action
     * @param int $userid
     */
    private static function act(hand_link $links, int $studentid, string $action, int $userid): never {
        match ($action) {
            'link' => $links->link($studentid, $userid),
            'unlink' => $links->unlink($studentid),
            'release' => $links->release($studentid),
        };
        admin_page::done(admin_page::url('link', ['student' => $studentid]), get_string("link_done_$action", 'local_mzi'));
    }
}
