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

use core\context\system;
use local_mzi\local\audience;
use local_mzi\local\student;
use local_mzi\repository\student_repository;

/**
 * The one rule of who sees which student: oneself with local/mzi:viewown, everybody with local/mzi:viewall.
 *
 * A record that is not there, is deleted, or is another's gets one and the same refusal, so that nobody
 * learns by trying which ids exist.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_access {
    /**
     * Constructor.
     *
     * @param student_repository $students
     * @param int|null $userid
     */
    public function __construct(
        /** @var student_repository the students */
        private readonly student_repository $students,
        /** @var int|null who wants to see, null for the current user */
        private readonly ?int $userid = null,
    ) {
    }

    /**
     * The same rule for another viewer.
     *
     * @param int $userid
     * @return self
     */
    public function viewer(int $userid): self {
        return new self($this->students, $userid);
    }

    /**
     * The student a page or function is asked for.
     *
     * @param int|null $studentid id of the row, null for the viewer's own newest record
     * @return student
     * @throws \moodle_exception nostudent
     */
    public function resolve(?int $studentid = null): student {
        $student = $studentid === null ? ($this->own()[0] ?? null) : $this->students->by_id($studentid);
        return $this->require($student);
    }

    /**
     * Lets a student pass that the viewer may see.
     *
     * @param student|null $student
     * @return student
     * @throws \moodle_exception nostudent
     */
    public function require(?student $student): student {
        if (!$student || !$this->allows($student)) {
            throw new \moodle_exception('nostudent', 'local_mzi');
        }
        return $student;
    }

    /**
     * Whether the viewer may see a student.
     *
     * @param student $student
     * @return bool
     */
    public function allows(student $student): bool {
        return $this->owns($student) || $this->sees_all();
    }

    /**
     * Whether the record is the viewer's own. Only its owner asks for changes, or acts on it at all.
     *
     * @param student $student
     * @return bool
     */
    public function owns(student $student): bool {
        return $student->userid === $this->userid() && $this->can('local/mzi:viewown');
    }

    /**
     * As what the viewer looks at a student that it may see.
     *
     * @param student $student
     * @return audience
     */
    public function audience(student $student): audience {
        return $this->owns($student) ? audience::STUDENT : audience::STAFF;
    }

    /**
     * The viewer's own records.
     *
     * @return student[] the newest first
     */
    public function own(): array {
        return $this->can('local/mzi:viewown') ? $this->students->of_user($this->userid()) : [];
    }

    /**
     * Whether the viewer may look at every student.
     *
     * @return bool
     */
    public function sees_all(): bool {
        return $this->can('local/mzi:viewall');
    }

    /**
     * Whether the viewer may see the whole national number of the students it may see.
     *
     * @return bool
     */
    public function sees_national_ids(): bool {
        return $this->sees_all() && $this->can('local/mzi:viewnationalid');
    }

    /**
     * Whether the viewer is a real user with a capability.
     *
     * @param string $capability
     * @return bool
     */
    private function can(string $capability): bool {
        $userid = $this->userid();
        return $userid > 0 && !isguestuser($userid) && has_capability($capability, system::instance(), $userid);
    }

    /**
     * Who wants to see.
     *
     * @return int
     */
    private function userid(): int {
        global $USER;
        return $this->userid ?? (int) $USER->id;
    }
}
