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

namespace local_mzi\output;

use local_mzi\local\crm_word;
use local_mzi\local\grade_letter;

/**
 * The tab that shows the student's registrations for programmes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class academics_tab extends tab_body {
    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $rows = $this->data['registrations'];
        $registrations = array_map($this->registration(...), $rows, array_keys($rows));
        return [
            'registrations' => $registrations,
            'text' => $registrations ? '' : get_string('academics_empty', 'local_mzi'),
        ];
    }

    /**
     * One registration.
     *
     * @param array $registration
     * @param int $index
     * @return array
     */
    private function registration(array $registration, int $index): array {
        $count = count($registration['units']);
        $program = $registration['program_name'] ?: get_string('page_noprogram', 'local_mzi');
        return [
            'index' => $index,
            'program' => $program,
            'status' => crm_word::shown($registration['registration_status']),
            'facts' => self::known_facts($registration),
            'units' => array_map(self::unit(...), $registration['units']),
            'caption' => get_string('academics_units_of', 'local_mzi', $program),
            'total' => $count,
            'passed' => $registration['units_passed'],
            'progress' => get_string('academics_progress', 'local_mzi', [
                'passed' => format::number($registration['units_passed']),
                'total' => format::number($count),
            ]),
            'nounits' => $count === 0,
        ];
    }

    /**
     * What is known of a registration, in order.
     *
     * @param array $registration
     * @return array[]
     */
    private static function known_facts(array $registration): array {
        return self::facts([
            'registration_number' => $registration['registration_number'],
            'award' => $registration['award'],
            'level' => $registration['level'],
            'registration_date' => format::date($registration['registration_date']),
            'expected_completion_date' => format::date($registration['expected_completion_date']),
            'study_mode' => crm_word::shown($registration['study_mode']),
            'study_language' => crm_word::shown($registration['study_language']),
            'intake' => $registration['intake'],
        ]);
    }

    /**
     * One unit.
     *
     * @param array $unit
     * @return array
     */
    private static function unit(array $unit): array {
        return [
            'number' => $unit['number'] ?? $unit['code'],
            'name' => $unit['name'] ?? $unit['code'],
            'credit' => format::number($unit['credit']),
            'grade' => grade_letter::of($unit['best_grade'])?->title() ?? $unit['best_grade'],
            'passed' => $unit['passed'],
        ];
    }
}
