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
use local_mzi\entity\user_link;
use local_mzi\local\action;
use local_mzi\local\incoming_row;
use local_mzi\local\matching;
use local_mzi\local\row_result;
use local_mzi\local\stored_row;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\child_repository;
use local_mzi\repository\entity_repository;

/**
 * Writes a batch of records of one entity by a constant number of statements.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class upsert {
    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param entity_repository $entities
     * @param child_repository $children
     * @param user_resolver $resolver
     * @param sync_log $log
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
        /** @var child_repository the tables of child rows */
        private readonly child_repository $children,
        /** @var user_resolver finds Moodle users */
        private readonly user_resolver $resolver,
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
     * @param array $records as json_decode gives them
     * @return row_result[] one for each record, in order
     */
    public function apply(definition $definition, array $records): array {
        $started = hrtime(true);
        [$rows, $refusals] = batch_reader::read($definition, $records);
        return $this->batch->run(function () use ($definition, $rows, $refusals, $started): array {
            $results = $refusals + $this->write($definition, $rows);
            ksort($results);
            $this->log->add('upsert', $definition, $results, $started);
            return $results;
        });
    }

    /**
     * Writes the rows that passed.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows by position in the batch
     * @return array<int, row_result> by position
     */
    private function write(definition $definition, array $rows): array {
        $ids = array_map(fn(incoming_row $row) => $row->id, array_values($rows));
        $found = $this->entities->stored($definition, $ids);
        $stored = array_map(fn(incoming_row $row) => $found[entity_repository::fold($row->id)] ?? null, $rows);
        if ($definition->link) {
            $rows = $this->linked($definition->link, $rows, $stored);
        }
        $actions = [];
        foreach ($rows as $index => $row) {
            $actions[$index] = decision::upsert($row, $stored[$index], self::relinks($definition, $row, $stored[$index]));
        }
        $results = [];
        foreach ($this->store($definition, $rows, $stored, $actions) as $index => $action) {
            $results[$index] = new row_result($rows[$index]->id, $action);
        }
        return $results;
    }

    /**
     * The rows with the link to their Moodle user, or without that column where no user was found: a link that
     * is there is never taken away. Stale rows, and unchanged ones that are linked, are not looked up.
     *
     * @param user_link $link
     * @param array<int, incoming_row> $rows
     * @param array<int, stored_row|null> $stored
     * @return array<int, incoming_row>
     */
    private function linked(user_link $link, array $rows, array $stored): array {
        $claims = [];
        foreach ($rows as $index => $row) {
            $held = $stored[$index]?->identity ?? [];
            $plain = decision::upsert($row, $stored[$index], !isset($held[user_link::COLUMN]));
            if ($plain === action::INSERTED || $plain === action::UPDATED) {
                $says = $row->values + $held;
                $claims[$index] = [
                    matching::EXPLICIT->value => $row->values[user_link::COLUMN] ?? null,
                    matching::IDNUMBER->value => $link->idnumber === null ? null : $says[$link->idnumber] ?? null,
                    matching::USERNAME->value => $says[$link->email] ?? null,
                    matching::EMAIL->value => $says[$link->email] ?? null,
                ];
            }
        }
        $users = $this->resolver->resolve($claims);
        foreach ($rows as $index => $row) {
            $rows[$index] = $row->with_or_without(user_link::COLUMN, $users[$index] ?? null);
        }
        return $rows;
    }

    /**
     * Whether the row would be linked to another Moodle user than it is.
     *
     * @param definition $definition
     * @param incoming_row $row
     * @param stored_row|null $stored
     * @return bool
     */
    private static function relinks(definition $definition, incoming_row $row, ?stored_row $stored): bool {
        $user = $definition->link ? $row->values[user_link::COLUMN] ?? null : null;
        return $user !== null && $user !== (int) ($stored->identity[user_link::COLUMN] ?? 0);
    }

    /**
     * Carries out the decisions.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows
     * @param array<int, stored_row|null> $stored
     * @param array<int, action> $actions
     * @return array<int, action> what became of each row; stale where another batch was faster
     */
    private function store(definition $definition, array $rows, array $stored, array $actions): array {
        $now = $this->clock->time();
        $written = array_filter($rows, fn(int $index) => $actions[$index] === action::INSERTED, ARRAY_FILTER_USE_KEY);
        $this->entities->insert($definition, $written, $now);
        $updates = [];
        foreach (array_keys($actions, action::UPDATED, true) as $index) {
            $updates[$stored[$index]->id] = $rows[$index];
        }
        $held = $this->entities->update($definition, $updates, $now);
        foreach (array_keys($actions, action::UPDATED, true) as $index) {
            if (isset($held[$stored[$index]->id])) {
                $written[$index] = $rows[$index];
            } else {
                $actions[$index] = action::STALE;
            }
        }
        $this->replace_children($definition, $written);
        return $actions;
    }

    /**
     * Replaces the lists that came with the rows that were written.
     *
     * @param definition $definition
     * @param incoming_row[] $rows
     */
    private function replace_children(definition $definition, array $rows): void {
        foreach ($definition->children as $name => $child) {
            $lists = [];
            foreach ($rows as $row) {
                if (isset($row->children[$name])) {
                    $lists[] = [$row->id, $row->children[$name]];
                }
            }
            $this->children->replace($child, $lists);
        }
    }
}
