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
 * What is told of enrolments, and of what comes of them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_facts_repository {
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
     * Enrolments that are there.
     *
     * @param int[] $ids of user_enrolments
     * @return array<int, \stdClass> by id, with enrol (the method) and enrolid
     */
    public function of(array $ids): array {
        if (!$ids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($ids)));
        return $this->db->get_records_sql(
            "SELECT ue.id, ue.enrolid, ue.userid, e.courseid, e.enrol, ue.status, ue.timestart, ue.timeend, ue.timecreated
               FROM {user_enrolments} ue
               JOIN {enrol} e ON e.id = ue.enrolid
              WHERE ue.id $in",
            $parameters
        );
    }

    /**
     * Completed courses.
     *
     * @param int[] $ids of course_completions
     * @return array<int, int> when, by id
     */
    public function completions(array $ids): array {
        if (!$ids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($ids)));
        $select = "id $in AND timecompleted IS NOT NULL";
        $found = $this->db->get_records_select_menu('course_completions', $select, $parameters, '', 'id, timecompleted');
        return array_map('intval', $found);
    }

    /**
     * Work that was handed in.
     *
     * @param int[] $ids of assign_submission
     * @return array<int, \stdClass> assignment, attemptnumber, status and timemodified by id
     */
    public function submissions(array $ids): array {
        $columns = 'id, assignment, attemptnumber, status, timemodified';
        return $ids ? $this->db->get_records_list('assign_submission', 'id', $ids, '', $columns) : [];
    }
}
