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
use local_mzi\local\closing_kind;
use local_mzi\local\incoming_row;
use local_mzi\local\matching;
use local_mzi\local\row_result;
use local_mzi\local\stored_row;
use local_mzi\local\write_options;
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
     * @param brake $brake
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
        /** @var brake holds closing changes past the cap */
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
     * @param array $records as json_decode gives them
     * @param write_options $options
     * @return row_result[] one for each record, in order
     */
    public function apply(definition $definition, array $records, write_options $options = new write_options()): array {
        $started = hrtime(true);
        [$rows, $refusals] = batch_reader::read($definition, $records);
        try {
            return $this->batch->run(function () use ($definition, $rows, $refusals, $options, $started): array {
                $results = $refusals + $this->write($definition, $rows, $options);
                ksort($results);
                $this->log->add('upsert', $definition, $results, $started);
                return $results;
            });
        } finally {
            $this->brake->release();
        }
    }

    /**
     * Writes the rows that passed.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows by position in the batch
     * @param write_options $options
     * @return array<int, row_result> by position
     */
    private function write(definition $definition, array $rows, write_options $options): array {
        $follower = $definition->follower === null ? null : \core\di::get($definition->follower);
        $follower?->arriving($definition, $rows);
        $ids = array_map(fn(incoming_row $row) => $row->id, $rows);
        $watched = [...array_keys($options->closing), ...($follower?->columns() ?? [])];
        $stored = $this->entities->lock_each($definition, $ids, $watched);
        if ($definition->link) {
            $rows = $this->linked($definition->link, $rows, $stored, $options);
        }
        $actions = [];
        foreach ($rows as $index => $row) {
            $again = $options->rewrite || self::relinks($definition, $row, $stored[$index]);
            $actions[$index] = decision::upsert($row, $stored[$index], $again);
        }
        $actions = $this->braked($definition, $rows, $stored, $actions, $options);
        $this->store($definition, $rows, $stored, $actions);
        $written = array_filter($actions, fn(action $action) => in_array($action, [action::INSERTED, action::UPDATED], true));
        if ($follower && $written) {
            $follower->written(array_intersect_key($rows, $written), array_filter(array_intersect_key($stored, $written)));
        }
        $results = [];
        foreach ($actions as $index => $action) {
            $results[$index] = new row_result($rows[$index]->id, $action);
        }
        return $results;
    }

    /**
     * The actions, with those held that the brake does not let through.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows
     * @param array<int, stored_row|null> $stored
     * @param array<int, action> $actions
     * @param write_options $options
     * @return array<int, action>
     */
    private function braked(
        definition $definition,
        array $rows,
        array $stored,
        array $actions,
        write_options $options
    ): array {
        $closing = array_filter(
            array_keys($actions, action::UPDATED, true),
            fn(int $index) => decision::closes($rows[$index], $stored[$index], $options->closing)
        );
        $through = $this->brake->admit(
            $definition->name,
            closing_kind::STATUS,
            array_map(fn(int $index) => $rows[$index]->id, $closing),
            fn() => $this->entities->count_living($definition),
            $options->brake
        );
        foreach (array_slice($closing, $through) as $index) {
            $actions[$index] = action::HELD;
        }
        return $actions;
    }

    /**
     * The rows with the link to their Moodle user, or without that column where no user was found: a link that
     * is there is never taken away, and one that a person made or took away is left alone. Stale rows, and unchanged
     * ones that are linked, are not looked up.
     *
     * @param user_link $link
     * @param array<int, incoming_row> $rows
     * @param array<int, stored_row|null> $stored
     * @param write_options $options
     * @return array<int, incoming_row>
     */
    private function linked(user_link $link, array $rows, array $stored, write_options $options): array {
        $claims = [];
        foreach ($rows as $index => $row) {
            $held = $stored[$index]?->values ?? [];
            if ($link->is_by_hand($held)) {
                continue;
            }
            $plain = decision::upsert($row, $stored[$index], $options->rewrite || $link->is_open($held));
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
        return $user !== null && $user !== (int) ($stored->values[user_link::COLUMN] ?? 0);
    }

    /**
     * Carries out the decisions.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows
     * @param array<int, stored_row|null> $stored
     * @param array<int, action> $actions
     */
    private function store(definition $definition, array $rows, array $stored, array $actions): void {
        $now = $this->clock->time();
        $inserts = array_intersect_key($rows, array_flip(array_keys($actions, action::INSERTED, true)));
        $updates = [];
        foreach (array_keys($actions, action::UPDATED, true) as $index) {
            $updates[$stored[$index]->id] = self::not_read_before($rows[$index], $stored[$index]);
        }
        $versions = [];
        foreach (array_keys($actions, action::UNCHANGED, true) as $index) {
            $versions[$stored[$index]->id] = decision::raised($rows[$index], $stored[$index]);
        }
        $this->entities->insert($definition, $inserts, $now);
        $this->entities->update($definition, $updates, $now);
        $this->entities->set_versions($definition, array_filter($versions));
        $this->replace_children($definition, [...$inserts, ...$updates]);
    }

    /**
     * The row; where it holds what is stored, its read time is never lower than the one stored.
     *
     * @param incoming_row $row
     * @param stored_row $stored
     * @return incoming_row
     */
    private static function not_read_before(incoming_row $row, stored_row $stored): incoming_row {
        $same = $stored->deletedat === null && $row->contenthash === $stored->contenthash;
        return $same ? $row->read_at_least($stored->syncedat) : $row;
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
