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

use local_mzi\local\outcome;

/**
 * What graders filled in on rubrics and marking guides.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class advanced_grading_repository {
    /** Status of the filling that counts. */
    private const ACTIVE = 1;

    /** From a filling to the attempt it belongs to. */
    private const OF_ATTEMPTS = "JOIN {grading_definitions} d ON d.id = gin.definitionid
               JOIN {grading_areas} a ON a.id = d.areaid AND a.activemethod = d.method
              WHERE a.component = 'mod_assign' AND a.areaname = 'submissions' AND gin.status = :active AND gin.itemid";

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
     * The outcomes of graded attempts, by two queries.
     *
     * @param int[] $assigngradeids
     * @return array<int, outcome[]> in the order of the form, by attempt
     */
    public function outcomes(array $assigngradeids): array {
        if (!$assigngradeids) {
            return [];
        }
        $found = [];
        foreach ([...$this->guides($assigngradeids), ...$this->rubrics($assigngradeids)] as $row) {
            $found[(int) $row->itemid][] = $row->outcome;
        }
        return $found;
    }

    /**
     * What was filled in on marking guides.
     *
     * @param int[] $ids
     * @return \stdClass[] itemid and outcome
     */
    private function guides(array $ids): array {
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($ids)), SQL_PARAMS_NAMED);
        $rows = $this->db->get_records_sql(
            'SELECT f.id, gin.itemid, c.shortname, c.description, c.maxscore, f.score, f.remark
               FROM {gradingform_guide_fillings} f
               JOIN {gradingform_guide_criteria} c ON c.id = f.criterionid
               JOIN {grading_instances} gin ON gin.id = f.instanceid
               ' . self::OF_ATTEMPTS . " $in
           ORDER BY gin.itemid, c.sortorder, c.id",
            $parameters + ['active' => self::ACTIVE]
        );
        return array_map(fn(\stdClass $row) => (object) ['itemid' => $row->itemid, 'outcome' => outcome::of(
            (string) $row->shortname,
            (string) $row->description,
            (string) $row->description,
            (string) $row->score,
            '0',
            (string) $row->maxscore,
            $row->remark
        )], array_values($rows));
    }

    /**
     * What was filled in on rubrics, and the best and the worst that could have been.
     *
     * @param int[] $ids
     * @return \stdClass[] itemid and outcome
     */
    private function rubrics(array $ids): array {
        [$in, $parameters] = $this->db->get_in_or_equal(array_values(array_unique($ids)), SQL_PARAMS_NAMED);
        $rows = $this->db->get_records_sql(
            'SELECT f.id, gin.itemid, c.description, l.score, l.definition, f.remark,
                    (SELECT MIN(w.score) FROM {gradingform_rubric_levels} w WHERE w.criterionid = c.id) AS worst,
                    (SELECT MAX(b.score) FROM {gradingform_rubric_levels} b WHERE b.criterionid = c.id) AS best
               FROM {gradingform_rubric_fillings} f
               JOIN {gradingform_rubric_criteria} c ON c.id = f.criterionid
               JOIN {gradingform_rubric_levels} l ON l.id = f.levelid
               JOIN {grading_instances} gin ON gin.id = f.instanceid
               ' . self::OF_ATTEMPTS . " $in
           ORDER BY gin.itemid, c.sortorder, c.id",
            $parameters + ['active' => self::ACTIVE]
        );
        return array_map(fn(\stdClass $row) => (object) ['itemid' => $row->itemid, 'outcome' => outcome::of(
            (string) $row->description,
            (string) $row->description,
            (string) $row->definition,
            (string) $row->score,
            (string) $row->worst,
            (string) $row->best,
            $row->remark
        )], array_values($rows));
    }
}
