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

namespace local_mzi\service\dashboard;

use local_mzi\local\audience;
use local_mzi\local\decimal;
use local_mzi\local\feature;
use local_mzi\local\grade_letter;
use local_mzi\local\student;
use local_mzi\repository\grade_repository;
use local_mzi\service\acknowledgement;
use local_mzi\service\grade_summary;
use local_mzi\service\release_gate;

/**
 * Data of the tab that shows the student's grades. What is not released is not in a student's data at all.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grades_section implements section {
    /**
     * Constructor.
     *
     * @param grade_repository $repository
     */
    public function __construct(
        /** @var grade_repository the grades */
        private readonly grade_repository $repository,
    ) {
    }

    #[\Override]
    public function data(student $student, audience $audience): array {
        $grades = $this->repository->grades($student);
        foreach ($grades as $grade) {
            $grade->released = release_gate::is_released($grade->grade_status);
        }
        if ($audience === audience::STUDENT) {
            $grades = array_values(array_filter($grades, fn(\stdClass $grade) => $grade->released));
        }
        $outcomes = feature::GRADEDETAIL->is_on() ? $this->repository->outcomes($grades) : [];
        $units = array_map(
            fn(array $unit) => self::unit($unit['name'], $unit['attempts'], $outcomes, $audience),
            grade_summary::units($grades)
        );
        $standings = array_map(fn(array $unit) => grade_letter::of($unit['standing']), $units);
        return [
            'counts' => grade_summary::counts($standings),
            'average' => grade_summary::average($standings),
            'points' => self::points(),
            'units' => $units,
        ];
    }

    /**
     * The points of the letters that have some.
     *
     * @return array<int, array{letter: string, points: string}> the best letter first
     */
    private static function points(): array {
        $letters = array_filter(grade_letter::cases(), fn(grade_letter $letter) => $letter->points() !== null);
        return array_values(array_map(
            fn(grade_letter $letter) => ['letter' => $letter->value, 'points' => decimal::text($letter->points())],
            $letters
        ));
    }

    /**
     * A unit. What stands is told by what is released, to staff as well.
     *
     * @param string|null $name
     * @param \stdClass[] $attempts
     * @param array<string, \stdClass[]> $outcomes by CRM id of the grade
     * @param audience $audience
     * @return array
     */
    private static function unit(?string $name, array $attempts, array $outcomes, audience $audience): array {
        $released = array_values(array_filter($attempts, fn(\stdClass $one) => $one->released));
        return [
            'unit_name' => $name,
            'standing' => grade_summary::standing($released)?->value,
            'attempts' => array_map(
                fn(\stdClass $one) => self::attempt($one, $audience) + self::detail($one, $outcomes[$one->zoho_grade_id] ?? []),
                $attempts
            ),
        ];
    }

    /**
     * An attempt.
     *
     * @param \stdClass $row
     * @param audience $audience
     * @return array
     */
    private static function attempt(\stdClass $row, audience $audience): array {
        $awaited = $row->released && acknowledgement::is_awaited($row);
        return [
            'id' => (int) $row->id,
            'title' => $row->title,
            'grade' => $row->grade,
            'grade_status' => $row->grade_status,
            'released' => $row->released,
            'attempt_number' => $row->attempt_number === null ? null : (int) $row->attempt_number,
            'attempt_date' => $row->attempt_date,
            'class_name' => $row->class_name,
            'acknowledged_at' => $row->acknowledged_at === null || $awaited ? null : (int) $row->acknowledged_at,
            'awaits_acknowledgement' => $awaited && $audience === audience::STUDENT,
        ];
    }

    /**
     * What stands behind a grade; nothing where the administrator has switched it off.
     *
     * @param \stdClass $row
     * @param \stdClass[] $outcomes
     * @return array
     */
    private static function detail(\stdClass $row, array $outcomes): array {
        return !feature::GRADEDETAIL->is_on() ? [] : [
            'feedback' => $row->feedback,
            'grader_name' => $row->grader_name,
            'outcomes' => array_map(fn(\stdClass $outcome) => [
                'code' => $outcome->code,
                'identification' => $outcome->identification,
                'title' => $outcome->title,
                'definition' => $outcome->definition,
                'score' => $outcome->score,
                'feedback' => $outcome->feedback,
            ], $outcomes),
        ];
    }
}
