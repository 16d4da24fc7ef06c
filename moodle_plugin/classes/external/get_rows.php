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
use local_mzi\service\json_parameter;
use local_mzi\service\stored_rows;

/**
 * Returns stored rows by CRM id. Ids that are not there are missing from the answer.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_rows extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'entity' => new external_value(PARAM_ALPHANUMEXT, 'Entity'),
            'ids' => new external_value(PARAM_RAW, 'JSON list of CRM ids'),
        ]);
    }

    /**
     * The rows.
     *
     * @param string $entity
     * @param string $ids
     * @return array
     */
    public static function execute(string $entity, string $ids): array {
        ['entity' => $entity, 'ids' => $ids] = self::validate_parameters(
            self::execute_parameters(),
            ['entity' => $entity, 'ids' => $ids]
        );
        sync_access::check();
        $definition = registry::get($entity);
        $rows = \core\di::get(stored_rows::class)->export($definition, json_parameter::list('ids', $ids));
        return ['rows' => json_encode($rows, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR)];
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'rows' => new external_value(PARAM_RAW, 'JSON list of objects keyed by column, with the lists of child rows'),
        ]);
    }
}
