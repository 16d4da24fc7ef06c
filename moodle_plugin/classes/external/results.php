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

use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\local\fault;
use local_mzi\local\row_result;

/**
 * How the outcome of a batch is told to the caller: one result per record, in order.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class results {
    /**
     * The described shape.
     *
     * @return external_single_structure
     */
    public static function structure(): external_single_structure {
        $error = new external_single_structure([
            'field' => new external_value(PARAM_RAW, 'Field, with list and position for a row of a list: installments[0].amount'),
            'code' => new external_value(PARAM_ALPHANUMEXT, 'Machine-readable reason'),
            'message' => new external_value(PARAM_RAW, 'Reason in words; never quotes the value'),
        ]);
        return new external_single_structure([
            'count' => new external_value(PARAM_INT, 'Number of records received'),
            'results' => new external_multiple_structure(new external_single_structure([
                'index' => new external_value(PARAM_INT, 'Position of the record in the call'),
                'id' => new external_value(PARAM_RAW, 'CRM id, of a confirmed request its number; empty where none is valid'),
                'action' => new external_value(
                    PARAM_ALPHA,
                    'inserted, updated, unchanged, differs, stale, deleted, held or rejected'
                ),
                'errors' => new external_multiple_structure($error, 'Empty unless rejected'),
            ])),
        ]);
    }

    /**
     * The same shape, filled.
     *
     * @param row_result[] $results
     * @return array
     */
    public static function export(array $results): array {
        $exported = array_map(fn(row_result $result, int $index) => [
            'index' => $index,
            'id' => $result->id,
            'action' => $result->action->value,
            'errors' => array_map(fn(fault $fault) => $fault->export(), $result->faults),
        ], $results, array_keys($results));
        return ['count' => count($exported), 'results' => $exported];
    }
}
