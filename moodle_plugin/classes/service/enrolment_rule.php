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

use local_mzi\local\desired_enrolment;
use local_mzi\local\enrolment_state;
use local_mzi\local\status_list;

/**
 * Says what enrolment a place in a class is.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_rule {
    /**
     * The enrolment that a record of the CRM wants.
     *
     * A student whose status is empty counts as active: the CRM does not have to know one.
     *
     * @param \stdClass $facts a row of enrolment_repository::facts()
     * @param bool $keep whether students stay active in classes that have ended
     * @return desired_enrolment
     */
    public static function desired(\stdClass $facts, bool $keep): desired_enrolment {
        $proven = $facts->deleted_at !== null || $facts->student_deleted !== null;
        if ($proven || $facts->class_deleted !== null) {
            return new desired_enrolment(enrolment_state::ENDED, proven: $proven);
        }
        if ($facts->userid === null) {
            return new desired_enrolment(enrolment_state::PENDING_USER);
        }
        if ($facts->courseid === null) {
            return new desired_enrolment(enrolment_state::PENDING_COURSE);
        }
        return new desired_enrolment(
            self::is_active($facts, $keep) ? enrolment_state::ENROLLED : enrolment_state::SUSPENDED,
            (int) $facts->userid,
            (int) $facts->courseid,
            self::day($facts->start_date, 0),
            self::day($facts->end_date, 1),
        );
    }

    /**
     * Whether the student may be in the course.
     *
     * @param \stdClass $facts
     * @param bool $keep
     * @return bool
     */
    private static function is_active(\stdClass $facts, bool $keep): bool {
        $status = trim((string) $facts->student_status);
        $studies = $status === '' || status_list::ACTIVE->contains($status);
        return $studies && ($keep || !status_list::ENDED->contains($facts->class_status));
    }

    /**
     * The first second of a day or of one some days later.
     *
     * @param string|null $day YYYY-MM-DD
     * @param int $later
     * @return int 0 without a day
     */
    private static function day(?string $day, int $later): int {
        return $day === null || $day === '' ? 0 : site_day::start($day, $later);
    }
}
