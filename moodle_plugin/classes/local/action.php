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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * What became of a record, by the word the contract uses for it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum action: string {
    /** A new row. */
    case INSERTED = 'inserted';
    /** Another content, or a tombstone lifted. */
    case UPDATED = 'updated';
    /** Nothing to write. */
    case UNCHANGED = 'unchanged';
    /** A confirmation would have to write, or to look somebody up: nothing was done. */
    case DIFFERS = 'differs';
    /** Older than what is stored. */
    case STALE = 'stale';
    /** A tombstone was set. */
    case DELETED = 'deleted';
    /** A closing change past the brake's cap, nothing was written. */
    case HELD = 'held';
    /** Faulty, nothing was written. */
    case REJECTED = 'rejected';
}
