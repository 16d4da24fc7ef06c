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
 * A registration of a student for a programme, with its payment schedule.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class registrations {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'registrations',
            key: 'zoho_registration_id',
            columns: [
                column::text('registration_number', 100),
                column::zoho_id('zoho_student_id'),
                column::zoho_id('zoho_program_id'),
                column::text('program_name', 255),
                column::text('registration_status', 255),
                column::of('registration_date', column_type::DATE),
                column::of('expected_completion_date', column_type::DATE),
                column::of('total_fees', column_type::MONEY),
                column::of('paid_amount', column_type::MONEY),
                column::of('remaining_amount', column_type::MONEY),
                column::text('currency', 3),
                column::of('discount_percentage', column_type::MONEY),
                column::text('study_mode', 255),
                column::text('study_language', 255),
                column::text('intake', 255),
            ],
            children: [
                new child(
                    name: 'installments',
                    table: 'local_mzi_installments',
                    parent: 'zoho_registration_id',
                    key: column::zoho_id('zoho_installment_id'),
                    columns: [
                        column::of('installment_number', column_type::INT),
                        column::of('due_date', column_type::DATE),
                        column::of('amount', column_type::MONEY),
                        column::text('currency', 3),
                        column::text('status', 255),
                        column::of('paid_date', column_type::DATE),
                    ],
                ),
            ],
        );
    }
}
