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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * What became of a student's place in a class, by the word that the table keeps.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum enrolment_state: string {
    /** To be looked at. */
    case DUE = 'due';
    /** Enrolled in the course. */
    case ENROLLED = 'enrolled';
    /** Enrolled, but suspended. */
    case SUSPENDED = 'suspended';
    /** The place, the student or the class is gone. */
    case ENDED = 'ended';
    /** The student has no Moodle user yet. */
    case PENDING_USER = 'pending_user';
    /** The class has no course yet. */
    case PENDING_COURSE = 'pending_course';
    /** The enrolment method is not installed, or switched off. */
    case NO_METHOD = 'no_method';
    /** The brake holds its end. */
    case HELD = 'held';
    /** Moodle refused. */
    case FAILED = 'failed';
}
