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

namespace local_mzi\local\finance;

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * How an instalment stands today.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum instalment_state: string {
    /** Nothing of it is open. */
    case PAID = 'paid';
    /** Its day has passed, and something is open. */
    case OVERDUE = 'overdue';
    /** Its day is today, and something is open. */
    case DUE = 'due';
    /** Its day is to come. */
    case UPCOMING = 'upcoming';
    /** It has no day. */
    case UNDATED = 'undated';

    /**
     * The state of an instalment of which something is open.
     *
     * @param string|null $duedate "YYYY-MM-DD"
     * @param string $today "YYYY-MM-DD"
     * @return self
     */
    public static function open(?string $duedate, string $today): self {
        return match (true) {
            $duedate === null || $duedate === '' => self::UNDATED,
            $duedate < $today => self::OVERDUE,
            $duedate === $today => self::DUE,
            default => self::UPCOMING,
        };
    }

    /**
     * Its name.
     *
     * @return string
     */
    public function title(): string {
        return get_string("finance_state_{$this->value}", 'local_mzi');
    }
}
