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
 * Many rows by one statement with a parameter for each value: what every database understands.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class parameter_statements implements bulk_statements {
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
        foreach (statement_portions::of($rows) as $portion) {
            $columns = array_keys(reset($portion));
            $row = '(' . implode(',', array_fill(0, count($columns), '?')) . ')';
            $values = implode(',', array_fill(0, count($portion), $row));
            $this->db->execute(
                "INSERT INTO {{$table}} (" . implode(',', $columns) . ") VALUES $values",
                array_merge(...array_map('array_values', $portion))
            );
        }
    }

    #[\Override]
    public function update_alike(string $table, array $changes, array $common): void {
        $this->update($table, $changes, $common);
    }

    #[\Override]
    public function update(string $table, array $changes, array $common): void {
        foreach (statement_portions::of($changes) as $portion) {
            [$assignments, $parameters] = $this->assignments($portion);
            foreach ($common as $column => $value) {
                $assignments[] = "$column = ?";
                $parameters[] = $value;
            }
            $this->db->execute(
                "UPDATE {{$table}} SET " . implode(', ', $assignments) .
                    ' WHERE id IN (' . implode(',', array_keys($portion)) . ')',
                $parameters
            );
        }
    }

    /**
     * One assignment a column: the rows that do not have it keep what they hold.
     *
     * @param array<int, array> $changes
     * @return array{0: string[], 1: array}
     */
    private function assignments(array $changes): array {
        $whens = [];
        $parameters = [];
        foreach ($changes as $id => $values) {
            foreach ($values as $column => $value) {
                $whens[$column][] = "WHEN $id THEN ?";
                $parameters[$column][] = $value;
            }
        }
        $assignments = array_map(
            fn(string $column, array $cases) => "$column = CASE id " . implode(' ', $cases) . " ELSE $column END",
            array_keys($whens),
            $whens
        );
        return [$assignments, array_merge(...array_values($parameters))];
    }
}
