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

use local_mzi\local\crm_place;
use local_mzi\repository\crm_link_repository;

/**
 * Finds who somebody in a course is to the CRM, and in which class; never by a guess.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class crm_places {
    /**
     * Constructor.
     *
     * @param crm_link_repository $links
     */
    public function __construct(
        /** @var crm_link_repository the CRM ids of the tables */
        private readonly crm_link_repository $links,
    ) {
    }

    /**
     * The places of a batch, by three queries.
     *
     * @param array<int, \stdClass> $references each with userid and courseid
     * @return array<int, crm_place> under the same keys
     */
    public function find(array $references): array {
        $students = $this->links->students_of(array_map(fn(\stdClass $one) => (int) $one->userid, $references));
        $classes = $this->links->classes_of(array_map(fn(\stdClass $one) => (int) $one->courseid, $references));
        $enrollments = $this->links->enrollments_of(
            array_merge(...array_values($students)),
            array_map('strval', array_merge(...array_map('array_keys', array_values($classes))))
        );
        return array_map(fn(\stdClass $one) => self::place(
            $students[(int) $one->userid] ?? [],
            $classes[(int) $one->courseid] ?? [],
            $enrollments
        ), $references);
    }

    /**
     * The class in which the student has a place; else the only class of the course, for the only student of the user.
     *
     * @param string[] $students CRM ids
     * @param array<string, string|null> $classes names of units by CRM id
     * @param array<string, array<string, string>> $enrollments
     * @return crm_place
     */
    private static function place(array $students, array $classes, array $enrollments): crm_place {
        $held = [];
        foreach ($students as $student) {
            foreach (array_intersect_key($enrollments[$student] ?? [], $classes) as $class => $enrollment) {
                $held[] = new crm_place($student, (string) $class, $enrollment, $classes[$class]);
            }
        }
        $student = count($students) === 1 ? $students[0] : null;
        $class = count($classes) === 1 ? (string) array_key_first($classes) : null;
        return match (true) {
            count($held) === 1 => $held[0],
            !$classes => new crm_place($student, reason: 'no_class'),
            !$students => new crm_place(null, $class, unitname: $classes[$class] ?? null, reason: 'no_student'),
            $class === null => new crm_place($student, reason: 'ambiguous_class'),
            $student === null => new crm_place(null, $class, unitname: $classes[$class], reason: 'ambiguous_student'),
            default => new crm_place($student, $class, null, $classes[$class]),
        };
    }
}
