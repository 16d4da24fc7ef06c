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
 * A payment of a student.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class payments {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'payments',
            key: 'zoho_payment_id',
            columns: [
                column::text('payment_number', 100),
                column::zoho_id('zoho_student_id'),
                column::zoho_id('zoho_registration_id'),
                column::of('amount', column_type::MONEY),
                column::text('currency', 3),
                column::of('payment_date', column_type::DATE),
                column::text('payment_method', 255),
                column::text('payment_type', 255),
                column::of('installment_number', column_type::INT),
                column::text('voucher_number', 255),
                column::text('status', 255),
                column::text('note'),
            ],
        );
    }
}
