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

use local_mzi\service\class_follower;

/**
 * A class: one unit taught by one teacher in one term.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class classes {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'classes',
            key: 'zoho_class_id',
            columns: [
                column::text('class_number', 100),
                column::text('name', 255),
                column::text('short_name', 255),
                column::zoho_id('zoho_unit_id'),
                column::text('unit_name', 255),
                column::zoho_id('zoho_program_id'),
                column::text('program_name', 255),
                column::zoho_id('zoho_teacher_id'),
                column::text('teacher_name', 255),
                column::text('term', 255),
                column::text('year', 100),
                column::text('status', 255),
                column::of('start_date', column_type::DATE),
                column::of('end_date', column_type::DATE),
                column::text('schedule', 1333),
                column::text('classroom', 255),
                column::text('study_mode', 255),
                column::text('ms_teams_id', 255),
                column::of('moodle_course_id', column_type::INT),
            ],
            follower: class_follower::class,
        );
    }
}
