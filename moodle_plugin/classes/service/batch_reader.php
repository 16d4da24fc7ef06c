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

namespace local_mzi\service;

use local_mzi\entity\definition;
use local_mzi\local\action;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\incoming_row;
use local_mzi\local\row_result;
use local_mzi\repository\entity_repository;

/**
 * Reads a batch: what can be written, and what must be refused.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class batch_reader {
    /**
     * Rows and refusals, each under its position in the batch. Of two records with one id the second is refused.
     *
     * @param definition $definition
     * @param array $records
     * @return array{0: array<int, incoming_row>, 1: array<int, row_result>}
     */
    public static function read(definition $definition, array $records): array {
        $rows = [];
        $refusals = [];
        $seen = [];
        foreach ($records as $index => $record) {
            $read = record_reader::read($definition, $record);
            $fold = entity_repository::fold($read->id);
            if ($read->id !== '' && isset($seen[$fold])) {
                $read = new row_result($read->id, action::REJECTED, [new fault($definition->key, fault_code::DUPLICATE)]);
            }
            $seen[$fold] = true;
            if ($read instanceof incoming_row) {
                $rows[$index] = $read;
            } else {
                $refusals[$index] = $read;
            }
        }
        return [$rows, $refusals];
    }
}
