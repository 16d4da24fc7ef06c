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
 * Writes many rows of a table by one statement.
 *
 * Moodle's own insert_records() takes a statement per 50 rows on MariaDB, and there is no update_records().
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bulk_writer implements bulk_statements {
    /** @var bulk_statements of the site's database */
    private readonly bulk_statements $statements;

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(\moodle_database $db) {
        $this->statements = $db->get_dbfamily() === 'postgres'
            ? new json_statements($db)
            : new parameter_statements($db);
    }

    #[\Override]
    public function insert(string $table, array $rows): void {
        $this->statements->insert($table, $rows);
    }

    #[\Override]
    public function update(string $table, array $changes, array $common = []): void {
        $this->statements->update($table, $changes, $common);
    }
}
