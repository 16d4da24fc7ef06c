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

use local_mzi\local\decimal;
use local_mzi\local\grade_letter;

/**
 * What the attempts of a student come to: one result for each unit.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_summary {
    /** Letters that are counted even if no unit has them. */
    private const ALWAYS = [grade_letter::DISTINCTION, grade_letter::MERIT, grade_letter::PASS, grade_letter::REFER];

    /**
     * Attempts by unit; an attempt that names no unit stands for itself.
     *
     * @param \stdClass[] $grades rows with unit_name, class_unit_name and title
     * @return array<int, array{name: string|null, attempts: \stdClass[]}> the unit of the newest attempt first, and in
     *     each the newest attempt first
     */
    public static function units(array $grades): array {
        usort($grades, self::newest_first(...));
        $units = [];
        foreach ($grades as $grade) {
            $name = trim($grade->unit_name ?? '') ?: trim($grade->class_unit_name ?? '') ?: trim($grade->title ?? '');
            $key = $name === '' ? "id {$grade->id}" : 'unit ' . \core_text::strtolower(preg_replace('/\s+/u', ' ', $name));
            $units[$key]['name'] ??= $name === '' ? null : $name;
            $units[$key]['attempts'][] = $grade;
        }
        foreach ($units as &$unit) {
            usort($unit['attempts'], self::latest_attempt_first(...));
        }
        return array_values($units);
    }

    /**
     * The result that stands: the best grade with which the unit is achieved, otherwise that of the latest attempt.
     *
     * @param \stdClass[] $attempts at one unit, the latest first; only released ones
     * @return grade_letter|null null if there is no grade
     */
    public static function standing(array $attempts): ?grade_letter {
        $letters = array_values(array_filter(array_map(fn(\stdClass $one) => grade_letter::of($one->grade), $attempts)));
        $achieved = array_filter($letters, fn(grade_letter $letter) => $letter->is_achieved());
        usort($achieved, fn(grade_letter $one, grade_letter $other) => $one->rank() <=> $other->rank());
        return $achieved[0] ?? $letters[0] ?? null;
    }

    /**
     * How many units have which result.
     *
     * @param array<int, grade_letter|null> $standings
     * @return array<string, int> by letter, the best first; Mapped and F only where there are any
     */
    public static function counts(array $standings): array {
        $counts = [];
        foreach (grade_letter::cases() as $letter) {
            $count = count(array_filter($standings, fn(?grade_letter $one) => $one?->counted_as() === $letter));
            if ($count || in_array($letter, self::ALWAYS, true)) {
                $counts[$letter->value] = $count;
            }
        }
        return $counts;
    }

    /**
     * The average by points. Units whose result has no points take no part.
     *
     * @param array<int, grade_letter|null> $standings
     * @return string|null "3.25", half a hundredth rounded up; null where nothing has points
     */
    public static function average(array $standings): ?string {
        $points = array_map(fn(?grade_letter $letter) => $letter?->points(), $standings);
        $points = array_filter($points, fn(?int $one) => $one !== null);
        $count = count($points);
        return $count ? decimal::text(intdiv(array_sum($points) * 2 + $count, $count * 2)) : null;
    }

    /**
     * By date, those without one last.
     *
     * @param \stdClass $one
     * @param \stdClass $other
     * @return int
     */
    private static function newest_first(\stdClass $one, \stdClass $other): int {
        return [$other->attempt_date ?? '', (int) $other->id] <=> [$one->attempt_date ?? '', (int) $one->id];
    }

    /**
     * By number of the attempt, then by date.
     *
     * @param \stdClass $one
     * @param \stdClass $other
     * @return int
     */
    private static function latest_attempt_first(\stdClass $one, \stdClass $other): int {
        return ((int) $other->attempt_number <=> (int) $one->attempt_number) ?: self::newest_first($one, $other);
    }
}
