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
use local_mzi\local\misfit;
use local_mzi\local\row_result;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\entity_repository;

/**
 * Sets tombstones on a batch of records. Their rows and child rows stay, hidden.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class deletion {
    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param entity_repository $entities
     * @param sync_log $log
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
        /** @var sync_log the log */
        private readonly sync_log $log,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Checks and writes a batch.
     *
     * @param definition $definition
     * @param array $ids CRM ids as json_decode gives them
     * @param array $versions deletion times by the CRM's clock, epoch seconds, in the same order
     * @return row_result[] one for each id, in order
     */
    public function apply(definition $definition, array $ids, array $versions): array {
        $started = hrtime(true);
        [$deletions, $refusals] = self::read($ids, $versions);
        return $this->batch->run(function () use ($definition, $deletions, $refusals, $started): array {
            $results = $refusals + $this->write($definition, $deletions);
            ksort($results);
            $this->log->add('delete', $definition, $results, $started);
            return $results;
        });
    }

    /**
     * Pairs of id and version, and refusals, each under its position.
     *
     * @param array $ids
     * @param array $versions
     * @return array{0: array<int, array{0: string, 1: int}>, 1: array<int, row_result>}
     */
    private static function read(array $ids, array $versions): array {
        $deletions = [];
        $refusals = [];
        $seen = [];
        foreach ($ids as $index => $value) {
            $faults = [];
            $id = self::part('ids', fn() => value_reader::id($value), $faults) ?? '';
            $version = self::part('versions', fn() => value_reader::time($versions[$index]), $faults);
            $fold = entity_repository::fold($id);
            if ($id !== '' && isset($seen[$fold])) {
                $faults = [new fault('ids', fault_code::DUPLICATE)];
            }
            $seen[$fold] = true;
            if ($faults) {
                $refusals[$index] = new row_result($id, action::REJECTED, $faults);
            } else {
                $deletions[$index] = [$id, $version];
            }
        }
        return [$deletions, $refusals];
    }

    /**
     * One value, or null and what is wrong with it.
     *
     * @param string $field
     * @param callable $read
     * @param fault[] $faults
     * @return mixed
     */
    private static function part(string $field, callable $read, array &$faults): mixed {
        try {
            return $read();
        } catch (misfit $misfit) {
            $faults[] = new fault($field, $misfit->reason, $misfit->expected);
            return null;
        }
    }

    /**
     * Writes the deletions that passed.
     *
     * @param definition $definition
     * @param array<int, array{0: string, 1: int}> $deletions
     * @return array<int, row_result>
     */
    private function write(definition $definition, array $deletions): array {
        $stored = $this->entities->stored($definition, array_column($deletions, 0));
        $unseen = [];
        $versions = [];
        $actions = [];
        foreach ($deletions as $index => [$id, $version]) {
            $row = $stored[entity_repository::fold($id)] ?? null;
            $actions[$index] = decision::delete($version, $row);
            if ($row === null) {
                $unseen[] = [$id, $version];
            } else if ($actions[$index] === action::DELETED) {
                $versions[$row->id] = $version;
            }
        }
        $now = $this->clock->time();
        $this->entities->insert_tombstones($definition, $unseen, $now);
        $held = $this->entities->set_tombstones($definition, $versions, $now);
        $results = [];
        foreach ($deletions as $index => [$id]) {
            $row = $stored[entity_repository::fold($id)] ?? null;
            $lost = $row && isset($versions[$row->id]) && !isset($held[$row->id]);
            $results[$index] = new row_result($id, $lost ? action::STALE : $actions[$index]);
        }
        return $results;
    }
}
