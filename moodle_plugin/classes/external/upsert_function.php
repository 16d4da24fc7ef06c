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
use local_mzi\service\options_reader;
use local_mzi\service\upsert;

/**
 * Inserts or updates a batch of one entity. Every upsert function is this with its entity's name.
 *
 * The batch is one JSON parameter: form encoding cannot say null, and PHP silently drops the tail of
 * a form with more than max_input_vars fields.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class upsert_function extends external_api {
    /**
     * Name of the entity.
     *
     * @return string
     */
    abstract protected static function entity(): string;

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'records' => new external_value(PARAM_RAW, 'JSON list of ' . static::entity() . ', as get_contract describes them'),
            'count' => new external_value(PARAM_INT, 'Number of records sent'),
            'options' => new external_value(PARAM_RAW, 'JSON object: brake, closing, rewrite', VALUE_DEFAULT, '{}'),
        ]);
    }

    /**
     * Writes the batch.
     *
     * @param string $records
     * @param int $count
     * @param string $options
     * @return array count and one result per record, in order
     */
    public static function execute(string $records, int $count, string $options = '{}'): array {
        ['records' => $records, 'count' => $count, 'options' => $options] = self::validate_parameters(
            self::execute_parameters(),
            ['records' => $records, 'count' => $count, 'options' => $options]
        );
        sync_access::check();
        $definition = registry::get(static::entity());
        $list = json_parameter::list('records', $records, $count);
        $wanted = options_reader::read($definition, $options);
        return results::export(\core\di::get(upsert::class)->apply($definition, $list, $wanted));
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
