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

/**
 * One attempt of a student at one unit, with its learning outcomes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grades {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'grades',
            key: 'zoho_grade_id',
            columns: [
                column::zoho_id('zoho_student_id'),
                column::zoho_id('zoho_class_id'),
                column::text('unit_name', 255),
                column::text('title', 255),
                column::text('grade', 50),
                column::text('grade_status', 255),
                column::of('attempt_number', column_type::INT),
                column::of('attempt_date', column_type::DATE),
                column::text('feedback'),
                column::text('grader_name', 255),
                column::text('iv_name', 255),
                column::text('moodle_grade_key', 255),
            ],
            children: [
                new child(
                    name: 'outcomes',
                    table: 'local_mzi_grade_outcomes',
                    parent: 'zoho_grade_id',
                    key: column::zoho_id('zoho_outcome_id'),
                    columns: [
                        column::text('code', 100),
                        column::text('identification', 1333),
                        column::text('title', 1333),
                        column::text('definition'),
                        column::text('score', 255),
                        column::text('feedback'),
                    ],
                ),
            ],
            local: [
                column::of('acknowledged_at', column_type::DATETIME),
                column::text('acknowledged_grade', 50),
            ],
        );
    }
}
