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

namespace local_mzi\repository;

/**
 * The instances of an enrolment method in courses.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class enrol_instance_repository {
    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    /**
     * The instance of a method in a course that bears a mark.
     *
     * @param string $method
     * @param string $mark
     * @param int $courseid
     * @return \stdClass|null the oldest
     */
    public function marked(string $method, string $mark, int $courseid): ?\stdClass {
        $wanted = ['enrol' => $method, 'customchar1' => $mark, 'courseid' => $courseid];
        $found = $this->db->get_records('enrol', $wanted, 'id', '*', 0, 1);
        return $found ? reset($found) : null;
    }

    /**
     * An instance.
     *
     * @param int $id
     * @return \stdClass
     */
    public function get(int $id): \stdClass {
        return $this->db->get_record('enrol', ['id' => $id], '*', MUST_EXIST);
    }

    /**
     * The enrolment of a user by an instance.
     *
     * @param int $enrolid
     * @param int $userid
     * @return int id of the enrolment
     */
    public function enrolment_id(int $enrolid, int $userid): int {
        return (int) $this->db->get_field('user_enrolments', 'id', ['enrolid' => $enrolid, 'userid' => $userid], MUST_EXIST);
    }
}
