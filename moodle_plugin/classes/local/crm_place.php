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
 * Who somebody in a course is to the CRM.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class crm_place {
    /**
     * Constructor.
     *
     * @param string|null $studentid CRM id
     * @param string|null $classid CRM id
     * @param string|null $enrollmentid CRM id of the student's place in the class
     * @param string|null $unitname what is taught in the class
     * @param string|null $reason why one of the first two is missing
     */
    public function __construct(
        /** @var string|null CRM id */
        public readonly ?string $studentid = null,
        /** @var string|null CRM id */
        public readonly ?string $classid = null,
        /** @var string|null CRM id of the student's place in the class */
        public readonly ?string $enrollmentid = null,
        /** @var string|null what is taught in the class */
        public readonly ?string $unitname = null,
        /** @var string|null no_class, no_student, ambiguous_class or ambiguous_student */
        public readonly ?string $reason = null,
    ) {
    }

    /**
     * The ids as an envelope has them.
     *
     * @return array
     */
    public function export(): array {
        return [
            'student_id' => $this->studentid,
            'class_id' => $this->classid,
            'enrollment_id' => $this->enrollmentid,
        ];
    }
}
