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

namespace local_mzi\local;

/**
 * The best grade a student has in each unit of the programmes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class best_grades {
    /**
     * Whether a letter passes a unit.
     *
     * @param string|null $letter
     * @return bool
     */
    public static function passes(?string $letter): bool {
        return grade_letter::of($letter)?->is_achieved() ?? false;
    }

    /**
     * The best letter by unit.
     *
     * A grade belongs to the unit of its class. One without a class, or of a class that is not known, belongs to
     * the units that bear the name or code it gives.
     *
     * @param \stdClass[] $grades grade, unit_name, zoho_unit_id (of the class, or null)
     * @param \stdClass[] $units zoho_unit_id, name, code
     * @return array<string, string> by CRM id of the unit, only units with a grade; its letter, however the CRM spells
     *     it, or what the CRM says if that is none
     */
    public static function by_unit(array $grades, array $units): array {
        $named = [];
        foreach ($units as $unit) {
            foreach (array_unique(array_filter([self::spelling($unit->name), self::spelling($unit->code)])) as $name) {
                $named["#$name"][] = $unit->zoho_unit_id;
            }
        }
        $best = [];
        foreach ($grades as $grade) {
            $letter = grade_letter::of($grade->grade)?->value ?? trim((string) $grade->grade);
            $ids = $grade->zoho_unit_id === null
                ? $named['#' . self::spelling($grade->unit_name)] ?? []
                : [$grade->zoho_unit_id];
            foreach ($letter === '' ? [] : $ids as $id) {
                $best["#$id"] = isset($best["#$id"]) ? self::better($best["#$id"], $letter) : $letter;
            }
        }
        $ids = array_map(fn(string $key) => substr($key, 1), array_keys($best));
        return array_combine($ids, array_values($best));
    }

    /**
     * The better of two letters; a letter that is not known is worse than all that are.
     *
     * @param string $one
     * @param string $other
     * @return string
     */
    private static function better(string $one, string $other): string {
        return self::rank($other) < self::rank($one) ? $other : $one;
    }

    /**
     * The place of a letter, 0 for the best.
     *
     * @param string $letter
     * @return int
     */
    private static function rank(string $letter): int {
        return grade_letter::of($letter)?->rank() ?? count(grade_letter::cases());
    }

    /**
     * A name as it is compared.
     *
     * @param string|null $name
     * @return string
     */
    private static function spelling(?string $name): string {
        return \core_text::strtolower(trim((string) $name));
    }
}
