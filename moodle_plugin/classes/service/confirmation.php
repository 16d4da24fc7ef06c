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
use local_mzi\local\incoming_row;
use local_mzi\local\row_result;
use local_mzi\local\stored_row;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\entity_repository;

/**
 * Confirms records that have not changed, by their versions alone and a constant number of statements.
 *
 * Of a record that it confirms it does all that an upsert would have done. Any other it leaves to one, as it was.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class confirmation {
    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param entity_repository $entities
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
    ) {
    }

    /**
     * Checks and confirms a batch. It leaves no line in the log: what differs is told by the upsert that follows.
     *
     * @param definition $definition
     * @param array $records as json_decode gives them; of their columns none is looked at
     * @return row_result[] of the records that were not confirmed, by their places in the batch, in order
     */
    public function apply(definition $definition, array $records): array {
        [$rows, $refusals] = batch_reader::read($definition, $records);
        $results = $refusals + $this->batch->run(fn() => $this->confirm($definition, $rows));
        ksort($results);
        return $results;
    }

    /**
     * Confirms the rows that passed.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows by position in the batch
     * @return array<int, row_result> of those that differ, by position
     */
    private function confirm(definition $definition, array $rows): array {
        $stored = $this->entities->lock_each($definition, array_map(fn(incoming_row $row) => $row->id, $rows));
        $results = [];
        $versions = [];
        foreach ($rows as $index => $row) {
            if (self::stands($definition, $row, $stored[$index])) {
                $versions[$stored[$index]->id] = decision::raised($row, $stored[$index]);
            } else {
                $results[$index] = new row_result($row->id, action::DIFFERS);
            }
        }
        $this->entities->set_versions($definition, array_filter($versions));
        return $results;
    }

    /**
     * Whether an upsert would find the record unchanged, and look for nobody.
     *
     * @param definition $definition
     * @param incoming_row $row
     * @param stored_row|null $stored
     * @return bool
     */
    private static function stands(definition $definition, incoming_row $row, ?stored_row $stored): bool {
        $again = $definition->link !== null && $definition->link->is_open($stored?->values ?? []);
        return decision::upsert($row, $stored, $again) === action::UNCHANGED;
    }
}
