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

use local_mzi\event\grade_acknowledged;
use local_mzi\local\student;
use local_mzi\repository\grade_repository;
use local_mzi\repository\student_repository;

/**
 * Students say that they have seen a grade, one attempt at a time. It is noted once, and again only if the office
 * changes the grade.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class acknowledgement {
    /**
     * Constructor.
     *
     * @param grade_repository $grades
     * @param student_repository $students
     * @param student_access $access
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var grade_repository the grades */
        private readonly grade_repository $grades,
        /** @var student_repository the students */
        private readonly student_repository $students,
        /** @var student_access who sees whom */
        private readonly student_access $access,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Whether a grade waits for its student's word.
     *
     * @param \stdClass $grade row of a released grade
     * @return bool
     */
    public static function is_awaited(\stdClass $grade): bool {
        return trim((string) $grade->grade) !== '' && !grade_repository::is_acknowledged($grade);
    }

    /**
     * The student whose grade it is, if that is the current user and may know of the grade. Whatever else is the
     * case gets one refusal, so that nobody learns by trying what exists or is about to be released.
     *
     * @param int $gradeid row of the grade
     * @return student
     * @throws \moodle_exception nostudent
     */
    public function student(int $gradeid): student {
        $grade = $this->grades->grade($gradeid);
        $student = $grade && release_gate::is_released($grade->grade_status)
            ? $this->students->by_zoho_id((string) $grade->zoho_student_id)
            : null;
        return $this->access->require($student && $this->access->owns($student) ? $student : null);
    }

    /**
     * Notes that the current user has seen a grade.
     *
     * @param int $gradeid row of the grade
     * @param string $seen the grade that the page showed
     * @return int when it was noted, perhaps long ago
     * @throws \moodle_exception nostudent, or grades_changed if the grade is not what the page showed
     */
    public function record(int $gradeid, string $seen): int {
        $student = $this->student($gradeid);
        $now = $this->clock->time();
        $seen = trim($seen);
        $isnew = $seen !== '' && $this->grades->acknowledge($gradeid, $seen, $now);
        $grade = $this->grades->grade($gradeid);
        if (!$grade || trim((string) $grade->grade) !== $seen || !grade_repository::is_acknowledged($grade)) {
            throw new \moodle_exception('grades_changed', 'local_mzi');
        }
        if ($isnew) {
            grade_acknowledged::of($gradeid, $student)->trigger();
        }
        return (int) $grade->acknowledged_at;
    }
}
