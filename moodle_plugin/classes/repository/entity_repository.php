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

namespace local_mzi\repository;

use local_mzi\entity\definition;
use local_mzi\entity\user_link;
use local_mzi\local\incoming_row;
use local_mzi\local\stored_row;

/**
 * The tables of the entities. Every method takes a whole batch and a constant number of statements.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class entity_repository {
    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param bulk_writer $writer
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        protected readonly \moodle_database $db,
        /** @var bulk_writer writes many rows by one statement */
        private readonly bulk_writer $writer,
    ) {
    }

    /**
     * What is stored of records, tombstones included. It stays so until the transaction ends: the rows are locked,
     * in the order of their ids, so that batches wait for each other instead of locking each other out.
     *
     * @param definition $definition
     * @param string[] $zohoids
     * @param string[] $columns columns wanted besides those that say who a person is in Moodle
     * @return array<string, stored_row> by folded CRM id, see fold()
     */
    public function lock(definition $definition, array $zohoids, array $columns = []): array {
        $ids = $this->local_ids($definition, $zohoids);
        if (!$ids) {
            return [];
        }
        $key = $definition->key;
        $link = $definition->link;
        $wanted = array_filter([
            $link?->email,
            $link?->idnumber,
            $link?->byhand,
            $link ? user_link::COLUMN : null,
            ...$columns,
        ]);
        $all = array_unique(['id', $key, 'modified_time', 'content_hash', 'synced_at', 'deleted_at', ...$wanted]);
        [$in, $parameters] = $this->db->get_in_or_equal($ids);
        $records = $this->db->get_records_sql(
            'SELECT ' . implode(', ', $all) . " FROM {{$definition->table}} WHERE id $in ORDER BY id FOR UPDATE",
            $parameters
        );
        $stored = [];
        foreach ($records as $record) {
            $stored[self::fold($record->$key)] = new stored_row(
                id: (int) $record->id,
                zohoid: $record->$key,
                modifiedtime: (int) $record->modified_time,
                contenthash: (string) $record->content_hash,
                syncedat: (int) $record->synced_at,
                deletedat: $record->deleted_at === null ? null : (int) $record->deleted_at,
                values: array_intersect_key((array) $record, array_flip($wanted)),
            );
        }
        return $stored;
    }

    /**
     * The same under the keys of the ids; null where nothing is stored.
     *
     * @param definition $definition
     * @param string[] $zohoids
     * @param string[] $columns
     * @return array<int, stored_row|null>
     */
    public function lock_each(definition $definition, array $zohoids, array $columns = []): array {
        $found = $this->lock($definition, array_values($zohoids), $columns);
        return array_map(fn(string $zohoid) => $found[self::fold($zohoid)] ?? null, $zohoids);
    }

    /**
     * The local ids of records.
     *
     * @param definition $definition
     * @param string[] $zohoids
     * @return int[]
     */
    protected function local_ids(definition $definition, array $zohoids): array {
        if (!$zohoids) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($zohoids);
        return $this->db->get_fieldset_select($definition->table, 'id', "{$definition->key} $in", $parameters);
    }

    /**
     * A CRM id as a key for looking up: never taken for a number by PHP, and with case as MariaDB compares it.
     *
     * @param string $zohoid
     * @return string
     */
    public static function fold(string $zohoid): string {
        return '#' . strtolower($zohoid);
    }

    /**
     * Inserts rows, in the order of their ids: two batches with the same new records then wait for each other
     * instead of locking each other out.
     *
     * @param definition $definition
     * @param incoming_row[] $rows
     * @param int $now
     */
    public function insert(definition $definition, array $rows, int $now): void {
        usort($rows, fn(incoming_row $one, incoming_row $other) => strcmp($one->id, $other->id));
        $nulls = array_map(fn() => null, $definition->columns);
        $this->writer->insert($definition->table, array_map(
            fn(incoming_row $row) => array_merge($nulls, $row->values, self::version($row), [
                $definition->key => $row->id,
                'timecreated' => $now,
                'timemodified' => $now,
            ]),
            $rows
        ));
    }

    /**
     * Updates rows; their tombstones are lifted.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows by local id
     * @param int $now
     */
    public function update(definition $definition, array $rows, int $now): void {
        $this->writer->update(
            $definition->table,
            array_map(fn(incoming_row $row) => $row->values + self::version($row), $rows),
            ['deleted_at' => null, 'timemodified' => $now]
        );
    }

    /**
     * Sets the versions of rows whose content stays.
     *
     * @param definition $definition
     * @param array<int, array{0: int, 1: int}> $versions pairs of version and read time by local id
     */
    public function set_versions(definition $definition, array $versions): void {
        $this->writer->update($definition->table, array_map(
            fn(array $version) => ['modified_time' => $version[0], 'synced_at' => $version[1]],
            $versions
        ));
    }

    /**
     * Inserts tombstones of records that were never seen, so that a late update cannot create them.
     *
     * @param definition $definition
     * @param array<int, array{0: string, 1: int}> $deletions pairs of CRM id and deletion time
     * @param int $now
     */
    public function insert_tombstones(definition $definition, array $deletions, int $now): void {
        usort($deletions, fn(array $one, array $other) => strcmp($one[0], $other[0]));
        $this->writer->insert($definition->table, array_map(fn(array $deletion) => [
            $definition->key => $deletion[0],
            'deleted_at' => $deletion[1],
            'timecreated' => $now,
            'timemodified' => $now,
        ], $deletions));
    }

    /**
     * Sets tombstones on rows.
     *
     * @param definition $definition
     * @param array<int, int> $versions deletion times by local id
     * @param int $now
     */
    public function set_tombstones(definition $definition, array $versions, int $now): void {
        $this->writer->update(
            $definition->table,
            array_map(fn(int $version) => ['deleted_at' => $version], $versions),
            ['timemodified' => $now]
        );
    }

    /**
     * How many records there are that are not deleted.
     *
     * @param definition $definition
     * @return int
     */
    public function count_living(definition $definition): int {
        return $this->db->count_records_select($definition->table, "deleted_at IS NULL AND {$definition->key} IS NOT NULL");
    }

    /**
     * Ids, versions, hashes and whether a person is linked, ordered by id.
     *
     * @param definition $definition
     * @param string $after CRM id to begin behind
     * @param int $limit
     * @return array[]
     */
    public function manifest(definition $definition, string $after, int $limit): array {
        $key = $definition->key;
        $link = $definition->link ? user_link::COLUMN : 'NULL';
        $records = $this->db->get_records_select(
            $definition->table,
            "$key > ?",
            [$after],
            $key,
            "$key, modified_time, content_hash, deleted_at, $link AS link",
            0,
            $limit
        );
        return array_values(array_map(fn(\stdClass $record) => [
            'id' => $record->$key,
            'modified_time' => (int) $record->modified_time,
            'content_hash' => (string) $record->content_hash,
            'deleted_at' => $record->deleted_at === null ? null : (int) $record->deleted_at,
            'linked' => $definition->link ? $record->link !== null : null,
        ], $records));
    }

    /**
     * Whole rows as the database gives them.
     *
     * @param definition $definition
     * @param string[] $zohoids
     * @return \stdClass[] ordered by CRM id
     */
    public function rows(definition $definition, array $zohoids): array {
        return $this->db->get_records_list($definition->table, $definition->key, $zohoids, $definition->key);
    }

    /**
     * How many rows there are, by one statement for all entities.
     *
     * @param definition[] $definitions
     * @return \stdClass[] with entity, total, deleted and unlinked
     */
    public function counts(array $definitions): array {
        $parts = array_map(function (definition $definition): string {
            $unlinked = $definition->link
                ? 'CASE WHEN deleted_at IS NULL AND ' . user_link::COLUMN . ' IS NULL THEN 1 ELSE 0 END'
                : '0';
            return "SELECT '{$definition->name}' AS entity, COUNT(id) AS total, COUNT(deleted_at) AS deleted,
                           COALESCE(SUM($unlinked), 0) AS unlinked
                      FROM {{$definition->table}}
                     WHERE {$definition->key} IS NOT NULL";
        }, $definitions);
        return $this->db->get_records_sql(implode(' UNION ALL ', $parts));
    }

    /**
     * The columns every accepted write sets.
     *
     * @param incoming_row $row
     * @return array<string, string|int>
     */
    private static function version(incoming_row $row): array {
        return [
            'modified_time' => $row->modifiedtime,
            'content_hash' => $row->contenthash,
            'synced_at' => $row->readtime,
        ];
    }
}
