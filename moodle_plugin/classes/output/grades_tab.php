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

use local_mzi\local\audience;
use local_mzi\local\crm_word;
use local_mzi\local\grade_letter;

/**
 * The tab that shows the student's grades.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grades_tab extends tab_body {
    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'text' => get_string('grades_empty', 'local_mzi'),
            'isempty' => !$this->data['units'],
            'heading' => $this->audience === audience::STAFF
                ? get_string('grades_summary_staff', 'local_mzi')
                : get_string('grades_summary', 'local_mzi'),
            'counts' => array_map(
                fn(string $letter, int $count) => [
                    'title' => grade_letter::from($letter)->title(),
                    'count' => format::number($count),
                ],
                array_keys($this->data['counts']),
                $this->data['counts']
            ),
            'average' => $this->data['average'] === null ? null : format::number($this->data['average'], 2),
            'points' => $this->points(),
            'units' => array_map($this->unit(...), $this->data['units']),
            'action' => (new \moodle_url('/local/mzi/acknowledge.php'))->out(false),
            'sesskey' => sesskey(),
        ];
    }

    /**
     * How the average is reckoned.
     *
     * @return string such as "Distinction 4, Merit 3"
     */
    private function points(): string {
        $points = array_map(
            fn(array $one) => grade_letter::from($one['letter'])->title() . ' '
                . format_float((float) $one['points'], 2, true, true),
            $this->data['points']
        );
        return implode(get_string('listsep', 'langconfig') . ' ', $points);
    }

    /**
     * A unit.
     *
     * @param array $unit
     * @return array
     */
    private function unit(array $unit): array {
        return [
            'name' => $unit['unit_name'] ?? get_string('grades_nounit', 'local_mzi'),
            'standing' => $unit['standing'] === null || count($unit['attempts']) === 1 ? null : self::badge($unit['standing']),
            'attempts' => array_map(fn(array $attempt) => $this->attempt($attempt, $unit['unit_name']), $unit['attempts']),
        ];
    }

    /**
     * An attempt.
     *
     * @param array $attempt
     * @param string|null $unit
     * @return array
     */
    private function attempt(array $attempt, ?string $unit): array {
        $outcomes = $attempt['outcomes'] ?? [];
        $feedback = trim($attempt['feedback'] ?? '');
        return [
            'id' => $attempt['id'],
            'name' => $attempt['attempt_number'] === null
                ? get_string('grades_attempt_unnumbered', 'local_mzi')
                : get_string('grades_attempt', 'local_mzi', format::number($attempt['attempt_number'])),
            'title' => $attempt['title'] === $unit ? null : $attempt['title'],
            'date' => format::date($attempt['attempt_date']),
            'class' => $attempt['class_name'],
            'grade' => $attempt['grade'],
            'badge' => self::badge($attempt['grade']),
            'status' => $attempt['released'] ? null : crm_word::shown($attempt['grade_status']),
            'released' => $attempt['released'],
            'acknowledged' => $attempt['acknowledged_at'] === null
                ? null
                : $this->acknowledged($attempt['acknowledged_at']),
            'awaits' => $attempt['awaits_acknowledgement'],
            'unit' => $unit,
            'hasdetail' => $feedback !== '' || $outcomes,
            'feedback' => $feedback,
            'grader' => $attempt['grader_name'] ?? null,
            'hasoutcomes' => (bool) $outcomes,
            // Mustache takes the text "0" for nothing.
            'outcomes' => array_map(
                fn(array $outcome) => [
                    'score' => crm_word::shown($outcome['score']),
                    'hasscore' => trim($outcome['score'] ?? '') !== '',
                ] + $outcome,
                $outcomes
            ),
        ];
    }

    /**
     * That a grade was acknowledged.
     *
     * @param int $time
     * @return string
     */
    private function acknowledged(int $time): string {
        return $this->audience === audience::STAFF
            ? get_string('grades_acknowledged_staff', 'local_mzi', format::time($time))
            : get_string('grades_acknowledged', 'local_mzi', format::time($time));
    }

    /**
     * A grade as it is shown: by the name of its letter, or as the CRM words it.
     *
     * @param string|null $grade
     * @return array text and mark
     */
    private static function badge(?string $grade): array {
        $letter = grade_letter::of($grade);
        return [
            'text' => $letter?->title() ?? (trim((string) $grade) ?: get_string('grades_none', 'local_mzi')),
            'mark' => $letter === null ? '' : ($letter->is_achieved() ? 'good' : 'warn'),
        ];
    }
}
