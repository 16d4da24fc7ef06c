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
use local_mzi\local\student;
use local_mzi\local\teams_link;
use local_mzi\repository\class_repository;
use local_mzi\service\class_end;
use local_mzi\service\site_day;

/**
 * Data of the tab that shows the student's classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class classes_section implements section {
    /**
     * Constructor.
     *
     * @param class_repository $classes
     * @param \core\clock $clock
     * @param site_day $day
     */
    public function __construct(
        /** @var class_repository the classes */
        private readonly class_repository $classes,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
        /** @var site_day days as the school counts them */
        private readonly site_day $day,
    ) {
    }

    #[\Override]
    public function data(student $student, audience $audience): array {
        $rows = $this->classes->of_student($student);
        $courses = [];
        if ($student->userid !== null) {
            $ids = array_map(intval(...), array_filter(array_column($rows, 'courseid')));
            $courses = $this->classes->open_courses($student->userid, $ids, $this->clock->time());
        }
        $today = $this->day->today();
        $data = ['current' => [], 'past' => []];
        foreach ($rows as $row) {
            $data[class_end::is_past($row, $today) ? 'past' : 'current'][] = self::described($row, $courses);
        }
        return $data;
    }

    /**
     * One class.
     *
     * @param \stdClass $row
     * @param array<int, string> $courses those the student can enter
     * @return array
     */
    private static function described(\stdClass $row, array $courses): array {
        $course = $row->courseid !== null && isset($courses[$row->courseid]) ? [
            'id' => (int) $row->courseid,
            'name' => $courses[$row->courseid],
            'url' => (new \moodle_url('/course/view.php', ['id' => $row->courseid]))->out(false),
        ] : null;
        return [
            'zoho_class_id' => $row->zoho_class_id,
            'class_number' => $row->class_number,
            'name' => $row->name ?? $row->unit_name,
            'unit_name' => $row->unit_name,
            'program_name' => $row->program_name,
            'teacher' => $row->teacher,
            'term' => $row->term,
            'year' => $row->year,
            'status' => $row->status,
            'enrollment_type' => $row->enrollment_type,
            'start_date' => $row->joined ?? $row->start_date,
            'end_date' => $row->ended ?? $row->end_date,
            'schedule' => array_values(array_filter(array_map(trim(...), explode(';', (string) $row->schedule)))),
            'classroom' => $row->classroom,
            'study_mode' => $row->study_mode,
            'course' => $course,
            'teams_url' => teams_link::of($row->ms_teams_id),
        ];
    }
}
