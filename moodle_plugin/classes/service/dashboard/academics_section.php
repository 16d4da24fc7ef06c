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
use local_mzi\local\best_grades;
use local_mzi\local\student;
use local_mzi\repository\programme_repository;
use local_mzi\service\release_gate;

/**
 * Data of the tab that shows the student's registrations for programmes.
 *
 * Whoever looks, only released grades count here; staff find the others in the tab Grades.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class academics_section implements section {
    /**
     * Constructor.
     *
     * @param programme_repository $programmes
     */
    public function __construct(
        /** @var programme_repository registrations, units and grades */
        private readonly programme_repository $programmes,
    ) {
    }

    #[\Override]
    public function data(student $student, audience $audience): array {
        $registrations = $this->programmes->registrations($student);
        $programids = array_values(array_unique(array_filter(array_column($registrations, 'zoho_program_id'))));
        $units = $this->programmes->units($programids);
        $released = array_filter(
            $this->programmes->grades($student),
            fn(\stdClass $grade) => release_gate::is_released($grade->grade_status)
        );
        $best = best_grades::by_unit($released, $units);
        return ['registrations' => array_map(
            fn(\stdClass $registration) => self::registration($registration, $units, $best),
            $registrations
        )];
    }

    /**
     * One registration.
     *
     * @param \stdClass $row
     * @param \stdClass[] $units of all programmes of the student
     * @param array<string, string> $best letters by unit
     * @return array
     */
    private static function registration(\stdClass $row, array $units, array $best): array {
        $own = array_filter(
            $units,
            fn(\stdClass $unit) => $row->zoho_program_id !== null && $unit->zoho_program_id === $row->zoho_program_id
        );
        $own = array_map(fn(\stdClass $unit) => self::unit($unit, $best[$unit->zoho_unit_id] ?? null), array_values($own));
        usort($own, fn(array $a, array $b) => strnatcasecmp(self::place($a), self::place($b)));
        return [
            'zoho_registration_id' => $row->zoho_registration_id,
            'registration_number' => $row->registration_number,
            'program_name' => $row->program_name ?? $row->programme,
            'award' => $row->award,
            'level' => $row->level,
            'registration_status' => $row->registration_status,
            'registration_date' => $row->registration_date,
            'expected_completion_date' => $row->expected_completion_date,
            'study_mode' => $row->study_mode,
            'study_language' => $row->study_language,
            'intake' => $row->intake,
            'units_passed' => count(array_filter($own, fn(array $unit) => $unit['passed'])),
            'units' => $own,
        ];
    }

    /**
     * One unit.
     *
     * @param \stdClass $row
     * @param string|null $letter
     * @return array
     */
    private static function unit(\stdClass $row, ?string $letter): array {
        return [
            'zoho_unit_id' => $row->zoho_unit_id,
            'number' => $row->number,
            'code' => $row->code,
            'name' => $row->name,
            'level' => $row->level,
            'credit' => $row->credit === null ? null : (int) $row->credit,
            'best_grade' => $letter,
            'passed' => best_grades::passes($letter),
        ];
    }

    /**
     * By what units are put in order: number, else code, then name.
     *
     * @param array $unit
     * @return string
     */
    private static function place(array $unit): string {
        return ($unit['number'] ?? $unit['code'] ?? '') . ' ' . $unit['name'];
    }
}
