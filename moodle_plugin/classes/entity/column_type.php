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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * What a column can hold, by the word the contract uses for it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum column_type: string {
    /** A string; with a length, at most so many characters. */
    case TEXT = 'text';
    /** A whole number of at most ten digits. */
    case INT = 'int';
    /** Yes or no, kept as 1 or 0. */
    case BOOL = 'bool';
    /** A day, "YYYY-MM-DD". */
    case DATE = 'date';
    /** A moment, seconds since 1970 in UTC. */
    case DATETIME = 'datetime';
    /** An exact number with two decimals, as a string: "1250.00". */
    case MONEY = 'money';
    /** Any JSON list or object. */
    case JSON = 'json';
}
