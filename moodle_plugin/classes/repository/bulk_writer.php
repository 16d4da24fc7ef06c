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
 * Writes many rows of a table by a statement or two.
 *
 * Moodle's own insert_records() takes a statement per 50 rows on MariaDB, and there is no update_records().
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bulk_writer {
    /** @var bulk_statements of the site's database */
    private readonly bulk_statements $statements;

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(\moodle_database $db) {
        $this->statements = match ($db->get_dbfamily()) {
            'postgres' => new json_statements($db),
            'mysql' => new joined_statements($db),
            default => new parameter_statements($db),
        };
    }

    /**
     * Inserts rows, in their order, by one statement.
     *
     * @param string $table without prefix
     * @param array[] $rows columns and values, the same columns in each
     */
    public function insert(string $table, array $rows): void {
        if ($rows) {
            $this->statements->insert($table, $rows);
        }
    }

    /**
     * Updates rows, each with columns of its own: most rows of a batch name the same, and go by one statement; all
     * others go by another. Both take them in the order of their ids, so that batches wait for each other.
     *
     * @param string $table without prefix
     * @param array<int, array> $changes columns and values by local id
     * @param array<string, int|null> $common columns set alike in all
     */
    public function update(string $table, array $changes, array $common = []): void {
        ksort($changes);
        $sets = [];
        foreach ($changes as $id => $values) {
            $sets[implode(',', array_keys($values))][$id] = $values;
        }
        usort($sets, fn(array $one, array $other) => count($other) <=> count($one));
        $alike = array_shift($sets);
        if ($alike) {
            $this->statements->update_alike($table, $alike, $common);
        }
        if ($sets) {
            $rest = array_replace(...$sets);
            ksort($rest);
            $this->statements->update($table, $rest, $common);
        }
    }
}
