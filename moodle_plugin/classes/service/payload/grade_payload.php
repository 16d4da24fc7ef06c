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

namespace local_mzi\service\payload;

use local_mzi\local\composed;
use local_mzi\local\crm_place;
use local_mzi\local\grade_mark;
use local_mzi\local\outcome;
use local_mzi\repository\advanced_grading_repository;
use local_mzi\repository\crm_link_repository;
use local_mzi\repository\user_facts_repository;

/**
 * A grade of one attempt, in a course that is a class of the CRM; of other courses nothing leaves the site.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_payload implements composer {
    /**
     * Constructor.
     *
     * @param grade_marks $marks
     * @param advanced_grading_repository $forms
     * @param user_facts_repository $users
     * @param crm_places $places
     * @param crm_link_repository $links
     */
    public function __construct(
        /** @var grade_marks the grades that events are about */
        private readonly grade_marks $marks,
        /** @var advanced_grading_repository rubrics and marking guides */
        private readonly advanced_grading_repository $forms,
        /** @var user_facts_repository who grades */
        private readonly user_facts_repository $users,
        /** @var crm_places who they are to the CRM */
        private readonly crm_places $places,
        /** @var crm_link_repository grades that the CRM has */
        private readonly crm_link_repository $links,
    ) {
    }

    #[\Override]
    public function compose(array $references): array {
        $found = $this->marks->find($references);
        $marks = array_filter($found, fn(grade_mark|string $one) => $one instanceof grade_mark);
        $graders = array_filter(array_map(fn(grade_mark $mark) => $mark->grader(), $marks));
        $facts = [
            'places' => $this->places->find($references),
            'names' => $this->users->names($graders),
            'roles' => $this->users->roles($graders, array_map(fn(grade_mark $mark) => (int) $mark->item->courseid, $marks)),
            'known' => $this->links->grades_of(array_map(fn(grade_mark $mark) => $mark->key(), $marks)),
            'outcomes' => $this->forms->outcomes(array_filter(array_map(fn(grade_mark $mark) => $mark->attempt?->id, $marks))),
        ];
        $composed = [];
        foreach ($found as $id => $mark) {
            $place = $facts['places'][$id];
            $composed[$id] = match (true) {
                is_string($mark) => composed::skip($mark),
                $place->reason === 'no_student' => composed::wait($place->reason),
                $place->reason !== null => composed::skip($place->reason),
                default => composed::ready(self::data($mark, $place, $facts)),
            };
        }
        return $composed;
    }

    /**
     * The data.
     *
     * @param grade_mark $mark
     * @param crm_place $place
     * @param array $facts of the whole batch
     * @return array
     */
    private static function data(grade_mark $mark, crm_place $place, array $facts): array {
        $item = $mark->item;
        $grader = $mark->grader();
        $scale = $mark->scale();
        $outcomes = $mark->attempt === null ? [] : $facts['outcomes'][(int) $mark->attempt->id] ?? [];
        return [
            'gradeid' => $item->id === null ? null : (int) $item->id,
            'userid' => $mark->userid,
            'itemid' => (int) $item->itemid,
            'itemname' => (string) $item->itemname,
            'itemtype' => $item->itemtype,
            'itemmodule' => $item->itemmodule,
            'iteminstance' => $item->iteminstance === null ? null : (int) $item->iteminstance,
            'courseid' => (int) $item->courseid,
            'attempt' => $mark->number(),
            'finalgrade' => $mark->value(),
            'grademax' => $item->grademax === null ? null : (string) $item->grademax,
            'scale' => $scale === null ? null : (int) $item->scaleid,
            'scaletext' => $mark->word(),
            'scalecount' => $scale === null ? null : count($scale),
            'feedback' => $mark->feedback(),
            'grader' => $grader === null ? null : $facts['names'][$grader] ?? null,
            'graderid' => $grader,
            'grader_role' => $facts['roles']["$grader:{$item->courseid}"][0]->shortname ?? null,
        ] + $mark->times() + [
            'dategraded' => $mark->day(),
            'key' => $mark->key(),
            'crm' => [
                'student_id' => $place->studentid,
                'class_id' => $place->classid,
                'grade_id' => $facts['known'][$mark->key()] ?? null,
                'unit_name' => $place->unitname,
            ],
            'outcomes' => array_map(fn(outcome $outcome) => $outcome->values, $outcomes),
        ];
    }
}
