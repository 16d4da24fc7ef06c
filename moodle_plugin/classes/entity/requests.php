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

use local_mzi\service\request_follower;

/**
 * A request of a student.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class requests {
    /**
     * The definition of the entity.
     *
     * @return definition
     */
    public static function definition(): definition {
        return new definition(
            name: 'requests',
            key: 'zoho_request_id',
            columns: [
                column::zoho_id('zoho_student_id'),
                column::of('moodle_user_id', column_type::INT),
                column::text('request_type', 255),
                column::text('status', 255),
                column::text('reason'),
                column::of('fees_amount', column_type::MONEY),
                column::text('currency', 3),
                column::of('request_date', column_type::DATE),
                column::of('details', column_type::JSON),
                column::text('answer'),
            ],
            local: [
                column::text('request_number', 100),
                column::text('submission_key', 64),
                column::text('fingerprint', 64),
                column::of('timesubmitted', column_type::DATETIME),
            ],
            follower: request_follower::class,
        );
    }
}
