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
 * Everything the plugin knows of one entity; validation, storage and contract all read it here.
 *
 * Beside its own columns every table has modified_time (the version), content_hash, synced_at,
 * deleted_at (tombstone), timecreated and timemodified.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class definition {
    /** Most characters of a CRM id. */
    public const ID_LENGTH = 30;

    /** @var string table without prefix */
    public readonly string $table;

    /** @var array<string, column> the writable columns without the key, by name */
    public readonly array $columns;

    /** @var array<string, column> columns that only Moodle writes, by name */
    public readonly array $local;

    /** @var array<string, child> lists of rows, by their key in the record */
    public readonly array $children;

    /**
     * Constructor.
     *
     * @param string $name
     * @param string $key column with the CRM id
     * @param column[] $columns the writable columns
     * @param child[] $children
     * @param column[] $local columns that only Moodle writes
     * @param user_link|null $link how its Moodle user is found, if it is a person
     * @param string|null $follower class that follows what is written, a write_follower
     */
    public function __construct(
        /** @var string plural name, as in the functions' names */
        public readonly string $name,
        /** @var string column with the CRM id */
        public readonly string $key,
        array $columns,
        array $children = [],
        array $local = [],
        /** @var user_link|null how its Moodle user is found, if it is a person */
        public readonly ?user_link $link = null,
        /** @var class-string<\local_mzi\service\write_follower>|null follows what is written */
        public readonly ?string $follower = null,
    ) {
        $this->table = 'local_mzi_' . $name;
        $this->columns = array_column($columns, null, 'name');
        $this->local = array_column($local, null, 'name');
        $this->children = array_column($children, null, 'name');
    }
}
