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

namespace local_mzi\output\admin;

use local_mzi\local\crm_word;
use local_mzi\local\page\admin_page;

/**
 * A student in a list of those who manage the plugin.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_line {
    /**
     * What a template shows of a student.
     *
     * @param \stdClass $student
     * @return array
     */
    public static function export(\stdClass $student): array {
        $name = trim((string) $student->display_name) ?: trim("{$student->first_name} {$student->last_name}");
        return [
            'name' => $name === '' ? $student->zoho_student_id : $name,
            'number' => (string) $student->student_id,
            'crmid' => $student->zoho_student_id,
            'email' => (string) $student->academic_email,
            'status' => (string) $student->status === '' ? '' : crm_word::shown($student->status),
            'url' => admin_page::url('link', ['student' => $student->id])->out(false),
            'user' => $student->moodle_user_id === null ? null : self::user((int) $student->moodle_user_id),
            'byhand' => (bool) $student->link_by_hand,
        ];
    }

    /**
     * A Moodle user.
     *
     * @param int $userid
     * @return array|null null if there is no such user
     */
    public static function user(int $userid): ?array {
        $user = \core_user::get_user($userid);
        return $user ? [
            'fullname' => fullname($user),
            'username' => $user->username,
            'profile' => (new \moodle_url('/user/profile.php', ['id' => $user->id]))->out(false),
        ] : null;
    }
}
