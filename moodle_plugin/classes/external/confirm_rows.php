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
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\entity\registry;
use local_mzi\service\confirmation;
use local_mzi\service\json_parameter;

/**
 * Confirms records that have not changed, so that they need not travel whole.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class confirm_rows extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'entity' => new external_value(PARAM_ALPHANUMEXT, 'Entity'),
            'records' => new external_value(PARAM_RAW, 'JSON list of records as in an upsert, key and versions are enough'),
            'count' => new external_value(PARAM_INT, 'Number of records sent'),
        ]);
    }

    /**
     * Confirms the batch.
     *
     * @param string $entity
     * @param string $records
     * @param int $count
     * @return array count, and one result for each record that was not confirmed, in order
     */
    public static function execute(string $entity, string $records, int $count): array {
        ['entity' => $entity, 'records' => $records, 'count' => $count] = self::validate_parameters(
            self::execute_parameters(),
            ['entity' => $entity, 'records' => $records, 'count' => $count]
        );
        sync_access::check();
        $definition = registry::get($entity);
        $list = json_parameter::list('records', $records, $count);
        $others = \core\di::get(confirmation::class)->apply($definition, $list);
        // To name each record that is confirmed would take longer than to confirm it.
        return ['count' => count($list)] + results::export($others);
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return results::structure();
    }
}
