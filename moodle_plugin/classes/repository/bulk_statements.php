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
 * How a database writes many rows of a table at once.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
interface bulk_statements {
    /**
     * Inserts rows, in their order.
     *
     * @param string $table without prefix
     * @param array[] $rows columns and values, the same columns in each
     */
    public function insert(string $table, array $rows): void;

    /**
     * Updates rows, the same columns in each.
     *
     * @param string $table without prefix
     * @param array<int, array> $changes columns and values by local id
     * @param array<string, int|null> $common columns set alike in all
     */
    public function update_alike(string $table, array $changes, array $common): void;

    /**
     * Updates rows, each with columns of its own: one that a change does not name keeps what the row holds.
     *
     * @param string $table without prefix
     * @param array<int, array> $changes columns and values by local id
     * @param array<string, int|null> $common columns set alike in all
     */
    public function update(string $table, array $changes, array $common): void;
}
