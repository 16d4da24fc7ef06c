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

namespace local_mzi\service;

use local_mzi\local\status_list;
use local_mzi\repository\student_link_repository;

/**
 * Makes Moodle users for students, if the setting allows it. Nobody gets a password from here: Moodle itself makes
 * one and mails it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class user_maker {
    /**
     * Constructor.
     *
     * @param student_link_repository $students
     */
    public function __construct(
        /** @var student_link_repository students without a link */
        private readonly student_link_repository $students,
    ) {
    }

    /**
     * Makes users for active students with a place in a class, a name and an address that nobody has.
     *
     * @param array<int, \stdClass> $students by local id, none of them linked
     * @return array<int, int> user ids by local id
     */
    public function make(array $students): array {
        if (!get_config('local_mzi', 'createusers') || !$students) {
            return [];
        }
        $placed = array_flip($this->students->placed(array_column($students, 'zoho_student_id')));
        $made = [];
        foreach ($students as $id => $student) {
            if (isset($placed[$student->zoho_student_id]) && $this->may_have_one($student)) {
                $made[$id] = self::create($student);
            }
        }
        return $made;
    }

    /**
     * Whether a student can and may become a user.
     *
     * @param \stdClass $student
     * @return bool
     */
    private function may_have_one(\stdClass $student): bool {
        $address = self::address($student);
        $named = trim((string) $student->first_name) !== '' && trim((string) $student->last_name) !== '';
        return $named && status_list::ACTIVE->contains($student->status)
            && validate_email($address) && \core_user::clean_field($address, 'username') === $address
            && !$this->students->is_taken($address, (string) $student->student_id);
    }

    /**
     * Makes one.
     *
     * @param \stdClass $student
     * @return int user id
     */
    private static function create(\stdClass $student): int {
        global $CFG;
        require_once($CFG->dirroot . '/user/lib.php');
        $auth = (string) get_config('local_mzi', 'createauth') ?: 'manual';
        $internal = get_auth_plugin($auth)->is_internal();
        $address = self::address($student);
        $userid = (int) user_create_user((object) [
            'username' => $address,
            'email' => $address,
            'firstname' => trim($student->first_name),
            'lastname' => trim($student->last_name),
            'idnumber' => (string) $student->student_id,
            'auth' => $auth,
            'confirmed' => 1,
            'mnethostid' => $CFG->mnet_localhost_id,
            // No hash has this form, so nobody gets in by it.
            'password' => $internal ? 'to be generated' : AUTH_PASSWORD_NOT_CACHED,
        ], false);
        if ($internal) {
            set_user_preference('create_password', 1, $userid);
            set_user_preference('auth_forcepasswordchange', 1, $userid);
        }
        return $userid;
    }

    /**
     * The academic address, as Moodle spells user names.
     *
     * @param \stdClass $student
     * @return string
     */
    private static function address(\stdClass $student): string {
        return \core_text::strtolower(trim((string) $student->academic_email));
    }
}
