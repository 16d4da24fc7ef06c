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

namespace local_mzi\service;

use local_mzi\entity\definition;
use local_mzi\local\incoming_row;
use local_mzi\local\stored_row;

/**
 * What has to happen here when records of an entity are written or deleted. All of it is part of the batch's transaction,
 * takes a number of statements that does not grow with the batch, and may run again if the batch does.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
interface write_follower {
    /**
     * Columns of the stored row that it must see.
     *
     * @return string[]
     */
    public function columns(): array;

    /**
     * Records have passed the checks; what is stored has not been looked at.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows
     */
    public function arriving(definition $definition, array $rows): void;

    /**
     * Records were inserted or updated.
     *
     * @param array<int, incoming_row> $rows
     * @param array<int, stored_row> $stored what stood there before, under the same keys; of new records nothing
     */
    public function written(array $rows, array $stored): void;

    /**
     * Records were deleted: their rows are tombstones now, or were so before.
     *
     * @param string[] $zohoids CRM ids
     */
    public function removed(array $zohoids): void;
}
