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
 * A unit of a programme, with its grading criteria.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class units {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'units',
            key: 'zoho_unit_id',
            columns: [
                column::text('name', 255),
                column::text('code', 100),
                column::text('number', 100),
                column::of('credit', column_type::INT),
                column::text('level', 255),
                column::text('major', 255),
                column::zoho_id('zoho_program_id'),
            ],
            children: [
                new child(
                    name: 'criteria',
                    table: 'local_mzi_unit_criteria',
                    parent: 'zoho_unit_id',
                    key: column::text('code', 20),
                    columns: [
                        column::text('level', 20),
                        column::text('description'),
                    ],
                ),
            ],
        );
    }
}
