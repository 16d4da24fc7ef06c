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
 * What has to be done about a user in a course.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_change {
    /**
     * Constructor.
     *
     * @param desired_enrolment|null $wish what the records want; null if none wants an enrolment
     * @param \stdClass|null $actual the enrolment by our method: id, enrolid, userid, courseid, status, timestart, timeend, hasrole
     * @param \stdClass[] $wishing records that want it
     * @param \stdClass[] $owners records that the enrolment was made for
     * @param bool $proven whether what ends has ended by deletions that the brake has let through before
     */
    public function __construct(
        /** @var desired_enrolment|null what the records want */
        public readonly ?desired_enrolment $wish,
        /** @var \stdClass|null the enrolment by our method */
        public readonly ?\stdClass $actual,
        /** @var \stdClass[] records that want it */
        public readonly array $wishing,
        /** @var \stdClass[] records that the enrolment was made for */
        public readonly array $owners,
        /** @var bool whether what ends has ended by deletions that the brake has let through before */
        private readonly bool $proven,
    ) {
    }

    /**
     * Whether the enrolment is not what it should be.
     *
     * @param bool $unenrol whether those who leave are unenrolled, not suspended
     * @return bool
     */
    public function is_needed(bool $unenrol): bool {
        if ($this->wish === null) {
            return $this->actual !== null && $this->owners && ($unenrol || $this->is_active());
        }
        return $this->actual === null || !$this->actual->hasrole
            || (int) $this->actual->status !== $this->wish->status()
            || (int) $this->actual->timestart !== $this->wish->timestart
            || (int) $this->actual->timeend !== $this->wish->timeend;
    }

    /**
     * Whether somebody who is in the course is to be shut out: what the brake counts.
     *
     * @return bool
     */
    public function is_closing(): bool {
        if (!$this->is_active() || $this->proven) {
            return false;
        }
        return $this->wish === null ? (bool) $this->owners : $this->wish->status() === ENROL_USER_SUSPENDED;
    }

    /**
     * Whether there is an enrolment that is not suspended.
     *
     * @return bool
     */
    private function is_active(): bool {
        return $this->actual !== null && (int) $this->actual->status === ENROL_USER_ACTIVE;
    }
}
