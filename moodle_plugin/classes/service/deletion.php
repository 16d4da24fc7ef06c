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
use local_mzi\local\brake_mode;
use local_mzi\local\closing_kind;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\misfit;
use local_mzi\local\row_result;
use local_mzi\local\stored_row;
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
     * @param brake $brake
     * @param sync_log $log
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
        /** @var brake holds deletions past the cap */
        private readonly brake $brake,
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
     * @param brake_mode $mode
     * @return row_result[] one for each id, in order
     */
    public function apply(definition $definition, array $ids, array $versions, brake_mode $mode = brake_mode::ON): array {
        $started = hrtime(true);
        [$deletions, $refusals] = self::read($ids, $versions);
        try {
            return $this->batch->run(function () use ($definition, $deletions, $refusals, $mode, $started): array {
                $results = $refusals + $this->write($definition, $deletions, $mode);
                ksort($results);
                $this->log->add('delete', $definition, $results, $started);
                return $results;
            });
        } finally {
            $this->brake->release();
        }
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
     * @param brake_mode $mode
     * @return array<int, row_result>
     */
    private function write(definition $definition, array $deletions, brake_mode $mode): array {
        $stored = $this->entities->lock_each($definition, array_map(fn(array $deletion) => $deletion[0], $deletions));
        $actions = [];
        foreach ($deletions as $index => [, $version]) {
            $actions[$index] = decision::delete($version, $stored[$index]);
        }
        $actions = $this->braked($definition, $deletions, $stored, $actions, $mode);
        $this->store($definition, $deletions, $stored, array_keys($actions, action::DELETED, true));
        $results = [];
        foreach ($actions as $index => $action) {
            $results[$index] = new row_result($deletions[$index][0], $action);
        }
        return $results;
    }

    /**
     * The actions, with those held that the brake does not let through.
     *
     * @param definition $definition
     * @param array<int, array{0: string, 1: int}> $deletions
     * @param array<int, stored_row|null> $stored
     * @param array<int, action> $actions
     * @param brake_mode $mode
     * @return array<int, action>
     */
    private function braked(definition $definition, array $deletions, array $stored, array $actions, brake_mode $mode): array {
        $closing = array_filter(
            array_keys($actions, action::DELETED, true),
            fn(int $index) => $stored[$index] !== null && $stored[$index]->deletedat === null
        );
        $through = $this->brake->admit(
            $definition->name,
            closing_kind::DELETE,
            array_map(fn(int $index) => $deletions[$index][0], $closing),
            fn() => $this->entities->count_living($definition),
            $mode
        );
        foreach (array_slice($closing, $through) as $index) {
            $actions[$index] = action::HELD;
        }
        return $actions;
    }

    /**
     * Sets the tombstones, and tells who follows the entity.
     *
     * @param definition $definition
     * @param array<int, array{0: string, 1: int}> $deletions
     * @param array<int, stored_row|null> $stored
     * @param int[] $indexes of those that are to be set
     */
    private function store(definition $definition, array $deletions, array $stored, array $indexes): void {
        $unseen = [];
        $versions = [];
        foreach ($indexes as $index) {
            if ($stored[$index] === null) {
                $unseen[] = $deletions[$index];
            } else {
                $versions[$stored[$index]->id] = $deletions[$index][1];
            }
        }
        $now = $this->clock->time();
        $this->entities->insert_tombstones($definition, $unseen, $now);
        $this->entities->set_tombstones($definition, $versions, $now);
        if ($indexes && $definition->follower !== null) {
            $removed = array_map(fn(int $index) => $deletions[$index][0], $indexes);
            \core\di::get($definition->follower)->removed($removed);
        }
    }
}
