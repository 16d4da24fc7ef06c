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
 * Who teaches and looks after classes, and what roles they have from here.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class class_staff_repository {
    /** What marks role assignments as ours. */
    public const COMPONENT = 'local_mzi';

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
     * All classes that are not deleted and have a course, with the Moodle user of the teacher.
     *
     * @return array<int, \stdClass> id, courseid and teacher (null if he is not linked), by local id of the class
     */
    public function classes(): array {
        return $this->db->get_records_sql(
            "SELECT c.id, co.id AS courseid, u.id AS teacher
               FROM {local_mzi_classes} c
          LEFT JOIN {local_mzi_class_courses} m ON m.zoho_class_id = c.zoho_class_id AND m.state = 'ready'
               JOIN {course} co ON co.id = COALESCE(c.moodle_course_id, m.courseid) AND co.id <> :site
          LEFT JOIN {local_mzi_teachers} t ON t.zoho_teacher_id = c.zoho_teacher_id AND t.deleted_at IS NULL
          LEFT JOIN {user} u ON u.id = t.moodle_user_id AND u.deleted = 0
              WHERE c.deleted_at IS NULL
           ORDER BY c.id",
            ['site' => SITEID]
        );
    }

    /**
     * Ids of users.
     *
     * @param string[] $names user names
     * @return array<string, int> by name; unknown ones are missing
     */
    public function users(array $names): array {
        global $CFG;
        if (!$names) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($names)));
        $select = "username $in AND deleted = 0 AND mnethostid = ?";
        $parameters[] = $CFG->mnet_localhost_id;
        return array_map('intval', $this->db->get_records_select_menu('user', $select, $parameters, '', 'username, id'));
    }

    /**
     * The roles that were given from here.
     *
     * @return \stdClass[] id, userid, roleid, itemid (local id of the class), contextid and courseid
     */
    public function roles(): array {
        return $this->db->get_records_sql(
            'SELECT ra.id, ra.userid, ra.roleid, ra.itemid, ra.contextid, x.instanceid AS courseid
               FROM {role_assignments} ra
               JOIN {context} x ON x.id = ra.contextid AND x.contextlevel = ?
              WHERE ra.component = ?
           ORDER BY ra.id',
            [CONTEXT_COURSE, self::COMPONENT]
        );
    }

    /**
     * The enrolments that let staff in.
     *
     * @param string $method
     * @param string $mark of the instances
     * @return \stdClass[] id, enrolid, userid, courseid and status
     */
    public function enrolments(string $method, string $mark): array {
        return $this->db->get_records_sql(
            'SELECT ue.id, ue.enrolid, ue.userid, e.courseid, ue.status
               FROM {user_enrolments} ue
               JOIN {enrol} e ON e.id = ue.enrolid
              WHERE e.enrol = ? AND e.customchar1 = ?
           ORDER BY ue.id',
            [$method, $mark]
        );
    }
}
