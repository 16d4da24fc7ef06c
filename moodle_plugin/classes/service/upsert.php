<?php
namespace local_mzi\service;

use local_mzi\entity\definition;
use local_mzi\entity\user_link;
use local_mzi\local\action;
use local_mzi\local\incoming_row;
use local_mzi\local\row_result;
use local_mzi\local\stored_row;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\child_repository;
use local_mzi\repository\entity_repository;

/**
 * Writes a batch of records of one entity by a constant number of statements.
 *
 * @@
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
        $all = $this->entities->stored($definition, array_map(fn(incoming_row $row) => $row->id, array_values($rows)));
        $stored = array_map(fn(incoming_row $row) => $all[entity_repository::fold($row->id)] ?? null, $rows);
        $linked = $this->linked($definition, $rows, $stored);
        $actions = [];
        foreach ($linked as $index => $row) {
            $links = self::links($row, $stored[$index]);
            $actions[$index] = decision::upsert($row, $stored[$index], $definition->link && $links);
        }
        $actions = $this->store($definition, $linked, $stored, $actions);
        return array_map(fn(incoming_row $row, action $action) => new row_result($row->id, $action), $rows, $actions);
    }
}
