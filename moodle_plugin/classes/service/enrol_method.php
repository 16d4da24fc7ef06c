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

use local_mzi\local\enrolment_change;
use local_mzi\repository\enrol_instance_repository;

/**
 * The enrolment method of the companion plugin enrol_mzi, through which alone this plugin enrols.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrol_method {
    /** The method. */
    public const TYPE = 'mzi';

    /** What marks the instance of students. */
    public const STUDENTS = 'local_mzi';

    /** What marks the instance of teachers and other staff. */
    public const STAFF = 'local_mzi_staff';

    /**
     * Constructor.
     *
     * @param enrol_instance_repository $instances
     */
    public function __construct(
        /** @var enrol_instance_repository instances in courses */
        private readonly enrol_instance_repository $instances,
    ) {
    }

    /**
     * The method, if it is installed and switched on.
     *
     * @return \enrol_plugin|null
     */
    public function plugin(): ?\enrol_plugin {
        global $CFG;
        require_once($CFG->libdir . '/enrollib.php');
        return enrol_is_enabled(self::TYPE) ? enrol_get_plugin(self::TYPE) : null;
    }

    /**
     * Makes an enrolment, or changes it, and gives it the one role that belongs to it.
     *
     * @param enrolment_change $change one that is wanted
     * @param int $roleid
     * @return int id of the enrolment
     */
    public function enrol(enrolment_change $change, int $roleid): int {
        [$wish, $actual] = [$change->wish, $change->actual];
        $instance = $actual === null
            ? $this->instance($wish->courseid, self::STUDENTS)
            : $this->instances->get((int) $actual->enrolid);
        if ($actual !== null && !$actual->hasrole) {
            role_unassign_all([
                'userid' => $wish->userid,
                'contextid' => \core\context\course::instance($wish->courseid)->id,
                'component' => 'enrol_' . self::TYPE,
                'itemid' => $instance->id,
            ]);
        }
        $this->plugin()->enrol_user($instance, $wish->userid, $roleid, $wish->timestart, $wish->timeend, $wish->status());
        return $this->instances->enrolment_id((int) $instance->id, $wish->userid);
    }

    /**
     * Ends an enrolment.
     *
     * @param \stdClass $actual
     * @param bool $unenrol whether it is removed; else it is suspended
     * @return int|null id of the enrolment, null if it is gone
     */
    public function leave(\stdClass $actual, bool $unenrol): ?int {
        $instance = $this->instances->get((int) $actual->enrolid);
        if ($unenrol) {
            $this->plugin()->unenrol_user($instance, (int) $actual->userid);
            return null;
        }
        $this->plugin()->update_user_enrol($instance, (int) $actual->userid, ENROL_USER_SUSPENDED);
        return (int) $actual->id;
    }

    /**
     * Enrols one of the staff, without a role.
     *
     * @param int $courseid
     * @param int $userid
     */
    public function let_in(int $courseid, int $userid): void {
        $this->plugin()->enrol_user($this->instance($courseid, self::STAFF), $userid, null, 0, 0, ENROL_USER_ACTIVE);
    }

    /**
     * The instance in a course, made where there is none. Whoever calls lets nobody else make one meanwhile.
     *
     * @param int $courseid
     * @param string $mark
     * @return \stdClass
     */
    private function instance(int $courseid, string $mark): \stdClass {
        $found = $this->instances->marked(self::TYPE, $mark, $courseid);
        if ($found === null) {
            $this->plugin()->add_instance(get_course($courseid), ['customchar1' => $mark, 'roleid' => 0]);
            $found = $this->instances->marked(self::TYPE, $mark, $courseid);
        }
        return $found;
    }
}
