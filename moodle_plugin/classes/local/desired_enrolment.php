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
 * What should be of a place: an enrolment, or why there is none.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class desired_enrolment {
    /**
     * Constructor.
     *
     * @param enrolment_state $state enrolled, suspended, ended, pending_user or pending_course
     * @param int|null $userid
     * @param int|null $courseid
     * @param int $timestart epoch seconds, 0 for no beginning
     * @param int $timeend epoch seconds, 0 for no end
     * @param bool $proven whether it ended by a deletion that the brake has let through before
     */
    public function __construct(
        /** @var enrolment_state enrolled, suspended, ended, pending_user or pending_course */
        public readonly enrolment_state $state,
        /** @var int|null the user, if there is to be an enrolment */
        public readonly ?int $userid = null,
        /** @var int|null the course, if there is to be an enrolment */
        public readonly ?int $courseid = null,
        /** @var int epoch seconds, 0 for no beginning */
        public readonly int $timestart = 0,
        /** @var int epoch seconds, 0 for no end */
        public readonly int $timeend = 0,
        /** @var bool whether it ended by a deletion that the brake has let through before */
        public readonly bool $proven = false,
    ) {
    }

    /**
     * Where the enrolment is to be.
     *
     * @return string|null as place_of() has it; null without an enrolment
     */
    public function place(): ?string {
        return $this->courseid === null ? null : self::place_of($this->userid, $this->courseid);
    }

    /**
     * A user in a course, as a key.
     *
     * @param int $userid
     * @param int $courseid
     * @return string
     */
    public static function place_of(int $userid, int $courseid): string {
        return "$userid:$courseid";
    }

    /**
     * Moodle's status of the enrolment.
     *
     * @return int
     */
    public function status(): int {
        return $this->state === enrolment_state::ENROLLED ? ENROL_USER_ACTIVE : ENROL_USER_SUSPENDED;
    }

    /**
     * Both places as one enrolment, where two records give a student the same course: the active one counts, and
     * of two alike the earliest beginning and the latest end.
     *
     * @param self $other with the same place
     * @return self
     */
    public function merged(self $other): self {
        if ($this->state !== $other->state) {
            return $this->state === enrolment_state::ENROLLED ? $this : $other;
        }
        $timeend = min($this->timeend, $other->timeend) === 0 ? 0 : max($this->timeend, $other->timeend);
        $timestart = min($this->timestart, $other->timestart);
        return new self($this->state, $this->userid, $this->courseid, $timestart, $timeend);
    }
}
