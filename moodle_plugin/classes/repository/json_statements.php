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

/**
 * Many rows by one statement of PostgreSQL, with all of them in one JSON parameter.
 *
 * PostgreSQL reads JSON into the table's own types faster than Moodle numbers thousands of parameters, and finds
 * each row's change at once, whatever the size of the batch.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class json_statements implements bulk_statements {
    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    #[\Override]
    public function insert(string $table, array $rows): void {
        $columns = array_keys(reset($rows));
        $this->db->execute(
            "INSERT INTO {{$table}} (" . implode(', ', $columns) . ')
             SELECT ' . self::of('one', $columns) . "
               FROM json_populate_recordset(NULL::{{$table}}, ?::json) AS one",
            [self::json(array_values($rows))]
        );
    }

    #[\Override]
    public function update_alike(string $table, array $changes, array $common): void {
        $columns = array_keys(reset($changes));
        $joined = array_map(fn(string $column) => "$column = new.$column", $columns);
        $alike = array_map(fn(string $column) => "$column = ?", array_keys($common));
        $this->db->execute(
            "UPDATE {{$table}} AS held
                SET " . implode(', ', [...$joined, ...$alike]) . "
               FROM json_populate_recordset(NULL::{{$table}}, ?::json) AS new
              WHERE held.id = new.id",
            [...array_values($common), self::documents($changes)]
        );
    }

    #[\Override]
    public function update(string $table, array $changes, array $common): void {
        $columns = array_keys(array_merge(...array_values($changes)));
        $alike = implode('', array_map(fn(string $column) => ", $column = ?", array_keys($common)));
        // Two columns at the least make a list: the id is set to itself.
        $this->db->execute(
            "UPDATE {{$table}} AS held
                SET (id, " . implode(', ', $columns) . ') = (
                        SELECT ' . self::of('new', ['id', ...$columns]) . "
                          FROM json_populate_record(held, change.document) AS new
                    )$alike
               FROM json_array_elements(?::json) AS change(document)
              WHERE held.id = (change.document->>'id')::bigint",
            [...array_values($common), self::documents($changes)]
        );
    }

    /**
     * Columns of a source.
     *
     * @param string $source
     * @param string[] $columns
     * @return string
     */
    private static function of(string $source, array $columns): string {
        return implode(', ', array_map(fn(string $column) => "$source.$column", $columns));
    }

    /**
     * Changes as one parameter.
     *
     * @param array<int, array> $changes by local id
     * @return string
     */
    private static function documents(array $changes): string {
        return self::json(array_map(fn(int $id, array $values) => ['id' => $id] + $values, array_keys($changes), $changes));
    }

    /**
     * Rows as one parameter.
     *
     * @param array[] $rows
     * @return string
     */
    private static function json(array $rows): string {
        return json_encode($rows, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
    }
}
