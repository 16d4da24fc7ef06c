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
 * What is told of grades: the gradebook's, and those of attempts at assignments.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_facts_repository {
    /** Columns of a grade item. */
    private const ITEM = 'gi.id AS itemid, gi.itemname, gi.itemtype, gi.itemmodule, gi.iteminstance, gi.itemnumber,
                gi.courseid, gi.gradetype, gi.grademax, gi.scaleid, s.scale';

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
     * Grades of the gradebook with their items.
     *
     * @param int[] $ids of grade_grades
     * @return array<int, \stdClass> by id
     */
    public function of_gradebook(array $ids): array {
        if (!$ids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($ids)));
        return $this->db->get_records_sql(
            'SELECT gg.id, gg.userid, gg.finalgrade, gg.overridden, gg.feedback, gg.feedbackformat, gg.usermodified,
                    gg.timecreated, gg.timemodified, ' . self::ITEM . "
               FROM {grade_grades} gg
               JOIN {grade_items} gi ON gi.id = gg.itemid
          LEFT JOIN {scale} s ON s.id = gi.scaleid
              WHERE gg.id $in",
            $parameters
        );
    }

    /**
     * The gradebook's grade of users for assignments; where there is none, the item alone.
     *
     * @param int[] $assignments
     * @param int[] $userids
     * @return array<int, array<int, \stdClass>> by user, by assignment; the item alone under the user 0
     */
    public function of_assignments(array $assignments, array $userids): array {
        if (!$assignments) {
            return [];
        }
        [$items, $first] = $this->db->get_in_or_equal(array_values(array_unique($assignments)), SQL_PARAMS_NAMED, 'assign');
        [$users, $second] = $this->db->get_in_or_equal(array_values(array_unique($userids)), SQL_PARAMS_NAMED, 'user');
        $rows = $this->db->get_recordset_sql(
            'SELECT gg.id, gg.userid, gg.finalgrade, gg.overridden, gg.feedback, gg.feedbackformat, gg.usermodified,
                    gg.timecreated, gg.timemodified, ' . self::ITEM . "
               FROM {grade_items} gi
          LEFT JOIN {grade_grades} gg ON gg.itemid = gi.id AND gg.userid $users
          LEFT JOIN {scale} s ON s.id = gi.scaleid
              WHERE gi.itemtype = 'mod' AND gi.itemmodule = 'assign' AND gi.itemnumber = 0 AND gi.iteminstance $items",
            $first + $second
        );
        $found = [];
        foreach ($rows as $row) {
            $found[(int) $row->iteminstance][(int) $row->userid] = $row;
            $found[(int) $row->iteminstance][0] ??= $row;
        }
        $rows->close();
        return $found;
    }

    /**
     * Grades of attempts by their ids.
     *
     * @param int[] $ids of assign_grades
     * @return array<int, \stdClass> assignment and userid by id
     */
    public function attempts_named(array $ids): array {
        return $ids ? $this->db->get_records_list('assign_grades', 'id', $ids, '', 'id, assignment, userid') : [];
    }

    /**
     * All graded attempts of users at assignments, with their comments.
     *
     * @param int[] $assignments
     * @param int[] $userids
     * @return array<int, array<int, array<int, \stdClass>>> by number of the attempt, by user, by assignment
     */
    public function attempts(array $assignments, array $userids): array {
        if (!$assignments) {
            return [];
        }
        [$works, $first] = $this->db->get_in_or_equal(array_values(array_unique($assignments)), SQL_PARAMS_NAMED, 'assign');
        [$users, $second] = $this->db->get_in_or_equal(array_values(array_unique($userids)), SQL_PARAMS_NAMED, 'user');
        $rows = $this->db->get_records_sql(
            "SELECT ag.id, ag.assignment, ag.userid, ag.grade, ag.grader, ag.attemptnumber, ag.timecreated, ag.timemodified,
                    c.commenttext, c.commentformat
               FROM {assign_grades} ag
          LEFT JOIN {assignfeedback_comments} c ON c.grade = ag.id
              WHERE ag.assignment $works AND ag.userid $users
           ORDER BY ag.attemptnumber",
            $first + $second
        );
        $found = [];
        foreach ($rows as $row) {
            $found[(int) $row->assignment][(int) $row->userid][(int) $row->attemptnumber] = $row;
        }
        return $found;
    }

    /**
     * Whose grades students may not see yet: by the marking workflow, or because the marking is still blind.
     *
     * @param int[] $assignments
     * @param int[] $userids
     * @return array<int, array<int, bool>> true by user, by assignment; under the user 0 for everybody without a state
     */
    public function unreleased(array $assignments, array $userids): array {
        if (!$assignments) {
            return [];
        }
        [$works, $first] = $this->db->get_in_or_equal(array_values(array_unique($assignments)), SQL_PARAMS_NAMED, 'assign');
        [$users, $second] = $this->db->get_in_or_equal(array_values(array_unique($userids)), SQL_PARAMS_NAMED, 'user');
        $rows = $this->db->get_recordset_sql(
            "SELECT a.id, a.markingworkflow, a.blindmarking, a.revealidentities, f.userid, f.workflowstate
               FROM {assign} a
          LEFT JOIN {assign_user_flags} f ON f.assignment = a.id AND f.userid $users
              WHERE a.id $works AND (a.markingworkflow = 1 OR (a.blindmarking = 1 AND a.revealidentities = 0))",
            $first + $second
        );
        $found = [];
        foreach ($rows as $row) {
            $blind = $row->blindmarking && !$row->revealidentities;
            $found[(int) $row->id][0] = true;
            $found[(int) $row->id][(int) $row->userid] = $blind || $row->workflowstate !== 'released';
        }
        $rows->close();
        return $found;
    }
}
