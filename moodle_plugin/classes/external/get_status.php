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

namespace local_mzi\external;

use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\service\status;

/**
 * Returns versions, limits and counts.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_status extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([]);
    }

    /**
     * The status.
     *
     * @return array
     */
    public static function execute(): array {
        sync_access::check();
        return \core\di::get(status::class)->read();
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'plugin_version' => new external_value(PARAM_INT, 'Version of local_mzi'),
            'release' => new external_value(PARAM_TEXT, 'Release of local_mzi'),
            'moodle_version' => new external_value(PARAM_TEXT, 'Release of Moodle'),
            'contract_version' => new external_value(PARAM_INT, 'Version of the contract'),
            'server_time' => new external_value(PARAM_INT, 'Clock of this server'),
            'max_records' => new external_value(PARAM_INT, 'Most records a call'),
            'max_input_vars' => new external_value(PARAM_INT, 'PHP setting'),
            'post_max_bytes' => new external_value(PARAM_INT, 'PHP setting, 0 for no limit'),
            'counts' => new external_multiple_structure(new external_single_structure([
                'entity' => new external_value(PARAM_ALPHANUMEXT, 'Entity'),
                'rows' => new external_value(PARAM_INT, 'Rows of CRM records, tombstones included'),
                'deleted' => new external_value(PARAM_INT, 'Tombstones among them'),
                'unlinked' => new external_value(PARAM_INT, 'Persons that are not deleted and have no Moodle user'),
                'closings' => new external_value(PARAM_INT, 'Closing changes within the last hour that the brake counted'),
            ])),
            'functions' => new external_multiple_structure(new external_value(PARAM_ALPHANUMEXT, 'Function of local_mzi')),
            'user_matching' => new external_multiple_structure(
                new external_value(PARAM_ALPHA, 'Ways to find a Moodle user, in the order they are tried')
            ),
            'brake' => new external_single_structure([
                'minimum' => new external_value(PARAM_INT, 'Closing changes of an entity that go through within an hour'),
                'percent' => new external_value(PARAM_INT, 'The same as per cent of its living rows; the larger number counts'),
            ]),
            'outbox' => new external_single_structure([
                'queued' => new external_value(PARAM_INT, 'Events that the bridge does not have yet'),
                'waiting' => new external_value(PARAM_INT, 'Those of them whose next try lies ahead'),
                'failed' => new external_value(PARAM_INT, 'Events that could not be sent'),
                'oldest' => new external_value(PARAM_INT, 'When the oldest queued one was noted, 0 for none'),
            ]),
        ]);
    }
}
