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

/**
 * The tab that shows the student's classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class classes_tab extends tab_body {
    /** The lists in order: what they are called, and what is said of an empty one. */
    private const LISTS = [
        'current' => ['classes_current', 'classes_nocurrent'],
        'past' => ['classes_past', 'classes_nopast'],
    ];

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $lists = [];
        foreach (self::LISTS as $list => [$title, $none]) {
            $lists[] = [
                'id' => $list,
                'title' => get_string($title, 'local_mzi'),
                'classes' => array_map($this->described(...), $this->data[$list]),
                'none' => $this->data[$list] ? '' : get_string($none, 'local_mzi'),
            ];
        }
        $any = $this->data['current'] || $this->data['past'];
        return ['lists' => $any ? $lists : [], 'text' => $any ? '' : get_string('classes_empty', 'local_mzi')];
    }

    /**
     * One class.
     *
     * @param array $class
     * @return array
     */
    private function described(array $class): array {
        return [
            'name' => $class['name'] ?: get_string('classes_unnamed', 'local_mzi'),
            'status' => crm_word::shown($class['status']),
            'facts' => self::known_facts($class),
            'courseurl' => $class['course']['url'] ?? null,
            'teamsurl' => $class['teams_url'],
        ];
    }

    /**
     * What is known of a class, in order.
     *
     * @param array $class
     * @return array[]
     */
    private static function known_facts(array $class): array {
        return self::facts([
            'unit_name' => $class['unit_name'] === $class['name'] ? null : $class['unit_name'],
            'teacher_name' => $class['teacher'],
            'term' => trim("{$class['term']} {$class['year']}"),
            'start_date' => format::date($class['start_date']),
            'end_date' => format::date($class['end_date']),
            'schedule' => $class['schedule'],
            'classroom' => $class['classroom'],
            'study_mode' => crm_word::shown($class['study_mode']),
            'enrollment_type' => crm_word::shown($class['enrollment_type']),
            'class_number' => $class['class_number'],
        ]);
    }
}
