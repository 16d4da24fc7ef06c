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

use local_mzi\local\course_settings;
use local_mzi\local\course_staff;
use local_mzi\repository\class_staff_repository;
use local_mzi\repository\role_repository;

/**
 * Gives the teacher of a class, and the staff of the setting, their roles in its course, and takes them away again.
 * Only what was given from here is taken away.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_staff {
    /**
     * Constructor.
     *
     * @param class_staff_repository $staff
     * @param role_repository $roles
     * @param enrol_method $method
     */
    public function __construct(
        /** @var class_staff_repository who has what role */
        private readonly class_staff_repository $staff,
        /** @var role_repository roles by name */
        private readonly role_repository $roles,
        /** @var enrol_method lets them into the courses */
        private readonly enrol_method $method,
    ) {
    }

    /**
     * Makes the roles in the courses of all classes what they should be, unless another process is at it.
     *
     * @return int how many roles were given or taken
     */
    public function apply(): int {
        $lock = course_settings::makes()
            ? \core\lock\lock_config::get_lock_factory('local_mzi_course')->get_lock('staff', 0)
            : false;
        if (!$lock) {
            return 0;
        }
        try {
            return $this->compare();
        } finally {
            $lock->release();
        }
    }

    /**
     * Gives and takes roles.
     *
     * @return int how many
     */
    private function compare(): int {
        $wanted = $this->wanted();
        $there = [];
        foreach ($this->staff->roles() as $role) {
            $there["{$role->itemid}:{$role->courseid}:{$role->userid}:{$role->roleid}"] = $role;
        }
        foreach (array_diff_key($there, $wanted) as $role) {
            role_unassign($role->roleid, $role->userid, $role->contextid, class_staff_repository::COMPONENT, $role->itemid);
        }
        $new = array_diff_key($wanted, $there);
        foreach ($new as [$classid, $courseid, $userid, $roleid]) {
            $context = \core\context\course::instance($courseid);
            role_assign($roleid, $userid, $context, class_staff_repository::COMPONENT, $classid);
        }
        $this->let_in($wanted);
        return count(array_diff_key($there, $wanted)) + count($new);
    }

    /**
     * The roles that should be.
     *
     * @return array<string, int[]> class, course, user and role, by these four as a key
     */
    private function wanted(): array {
        $people = course_staff::people();
        $users = $this->staff->users(array_column($people, 0));
        $roles = array_filter($this->role_ids([course_settings::teacher_role(), ...array_column($people, 1)]));
        $wanted = [];
        foreach ($this->staff->classes() as $class) {
            $pairs = [[(int) $class->teacher, $roles[course_settings::teacher_role()] ?? null]];
            foreach ($people as [$name, $role]) {
                $pairs[] = [$users[$name] ?? 0, $roles[$role] ?? null];
            }
            foreach ($pairs as [$userid, $roleid]) {
                if ($userid && $roleid !== null) {
                    $row = [(int) $class->id, (int) $class->courseid, $userid, $roleid];
                    $wanted[implode(':', $row)] = $row;
                }
            }
        }
        return $wanted;
    }

    /**
     * Roles by short name.
     *
     * @param string[] $names
     * @return array<string, int|null>
     */
    private function role_ids(array $names): array {
        $names = array_unique($names);
        return array_combine($names, array_map($this->roles->id(...), $names));
    }

    /**
     * Enrols those who have a role, since a role alone opens no course, and suspends those who have none any more:
     * to unenrol them would take roles that others gave them.
     *
     * @param array<string, int[]> $wanted
     */
    private function let_in(array $wanted): void {
        if ($this->method->plugin() === null) {
            return;
        }
        $people = [];
        foreach ($wanted as [, $courseid, $userid]) {
            $people["$courseid:$userid"] = [$courseid, $userid];
        }
        $inside = [];
        foreach ($this->staff->enrolments(enrol_method::TYPE, enrol_method::STAFF) as $enrolment) {
            $key = "{$enrolment->courseid}:{$enrolment->userid}";
            $active = (int) $enrolment->status === ENROL_USER_ACTIVE;
            if ($active && !isset($people[$key])) {
                $this->method->leave($enrolment, false);
            }
            $inside[$key] = $active;
        }
        foreach (array_diff_key($people, array_filter($inside)) as [$courseid, $userid]) {
            $this->method->let_in($courseid, $userid);
        }
    }
}
