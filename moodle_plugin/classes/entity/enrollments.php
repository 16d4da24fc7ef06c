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

namespace local_mzi\entity;

use local_mzi\service\enrollment_follower;

/**
 * A place of a student in a class.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrollments {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'enrollments',
            key: 'zoho_enrollment_id',
            columns: [
                column::zoho_id('zoho_student_id'),
                column::zoho_id('zoho_class_id'),
                column::text('enrollment_type', 255),
                column::of('start_date', column_type::DATE),
                column::of('end_date', column_type::DATE),
                column::of('moodle_course_id', column_type::INT),
            ],
            local: [
                column::text('moodle_enrolment_state', 20),
                column::of('moodle_user_enrolment_id', column_type::INT),
            ],
            follower: enrollment_follower::class,
        );
    }
}
