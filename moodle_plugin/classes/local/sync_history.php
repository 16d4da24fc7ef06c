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
 * The latest syncs of the bridge, or why they cannot be had.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync_history {
    /**
     * Constructor.
     *
     * @param sync_run[] $runs the newest first
     * @param bridge_fault|null $fault
     */
    public function __construct(
        /** @var sync_run[] the newest first */
        public readonly array $runs,
        /** @var bridge_fault|null why they cannot be had */
        public readonly ?bridge_fault $fault,
    ) {
    }

    /**
     * Whether one of them may still go on.
     *
     * @return bool
     */
    public function is_going_on(): bool {
        return (bool) array_filter($this->runs, fn(sync_run $run) => $run->is_open());
    }
}
