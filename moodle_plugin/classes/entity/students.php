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

use local_mzi\service\student_follower;

/**
 * A student of the CRM.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class students {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'students',
            key: 'zoho_student_id',
            columns: [
                column::text('student_id', 100),
                column::text('first_name', 255),
                column::text('last_name', 255),
                column::text('display_name', 255),
                column::text('academic_email', 255),
                column::text('phone', 100),
                column::of('birth_date', column_type::DATE),
                column::text('gender', 100),
                column::text('nationality', 255),
                column::text('national_id', 100),
                column::text('address'),
                column::text('city', 255),
                column::text('country', 255),
                column::text('status', 255),
                column::text('major', 255),
                column::text('sub_major', 255),
                column::text('academic_program', 255),
                column::text('study_language', 255),
                column::text('study_mode', 255),
                column::text('registration_number', 100),
                column::of('registration_date', column_type::DATE),
                column::zoho_id('zoho_program_id'),
                column::text('program_name', 255),
                column::text('emergency_contact_name', 255),
                column::text('emergency_contact_phone', 100),
                column::text('profile_picture_url', 1333),
                column::of('moodle_user_id', column_type::INT),
            ],
            local: [
                column::of('link_by_hand', column_type::BOOL),
            ],
            link: new user_link(email: 'academic_email', idnumber: 'student_id', byhand: 'link_by_hand'),
            follower: student_follower::class,
        );
    }
}
