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

namespace local_mzi\entity;

/**
 * A list of rows under a record, replaced as a set.
 *
 * The order of the list is kept in the column sortorder.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class child {
    /** @var array<string, column> the writable columns without the key, by name */
    public readonly array $columns;

    /**
     * Constructor.
     *
     * @param string $name key of the list in the record
     * @param string $table
     * @param string $parent column holding the CRM id of the record
     * @param column $key column that tells the rows of one list apart
     * @param column[] $columns the other writable columns
     */
    public function __construct(
        /** @var string key of the list in the record */
        public readonly string $name,
        /** @var string table without prefix */
        public readonly string $table,
        /** @var string column holding the CRM id of the record */
        public readonly string $parent,
        /** @var column column that tells the rows of one list apart */
        public readonly column $key,
        array $columns,
    ) {
        $this->columns = array_column($columns, null, 'name');
    }
}
