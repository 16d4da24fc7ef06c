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

namespace local_mzi\local;

/**
 * A record of a batch, checked and in the form the database takes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class incoming_row {
    /**
     * Constructor.
     *
     * @param string $id CRM id
     * @param int $modifiedtime version, epoch seconds
     * @param int $readtime when the CRM was read, epoch seconds by the CRM's clock
     * @param string $contenthash
     * @param array<string, string|int|null> $values by column; an absent column is left alone
     * @param array<string, array[]> $children rows by list; an absent list is left alone
     */
    public function __construct(
        /** @var string CRM id */
        public readonly string $id,
        /** @var int version, epoch seconds */
        public readonly int $modifiedtime,
        /** @var int when the CRM was read, epoch seconds by the CRM's clock */
        public readonly int $readtime,
        /** @var string hash of the record as the bridge computed it */
        public readonly string $contenthash,
        /** @var array<string, string|int|null> by column; an absent column is left alone */
        public readonly array $values,
        /** @var array<string, array[]> rows by list; an absent list is left alone */
        public readonly array $children = [],
    ) {
    }

    /**
     * The same with one column set, or left alone where the value is null.
     *
     * @param string $column
     * @param int|null $value
     * @return self
     */
    public function with_or_without(string $column, ?int $value): self {
        $values = $this->values;
        unset($values[$column]);
        if ($value !== null) {
            $values[$column] = $value;
        }
        return new self($this->id, $this->modifiedtime, $this->readtime, $this->contenthash, $values, $this->children);
    }

    /**
     * The same, read at that time if it is later.
     *
     * @param int $readtime
     * @return self
     */
    public function read_at_least(int $readtime): self {
        $later = max($this->readtime, $readtime);
        return new self($this->id, $this->modifiedtime, $later, $this->contenthash, $this->values, $this->children);
    }
}
