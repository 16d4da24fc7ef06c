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
 * The states of a request that have a name here; the CRM's picklist may have others.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum request_status: string {
    /** Stored here, waits to be sent. */
    case QUEUED = 'Queued';
    /** Sent; the CRM has not told of it yet. */
    case SENT = 'Sent';
    /** The office has it. */
    case PENDING = 'Pending';
    /** The office said yes. */
    case APPROVED = 'Approved';
    /** The office said no. */
    case REJECTED = 'Rejected';
    /** Taken back. */
    case CANCELLED = 'Cancelled';
    /** Done. */
    case COMPLETED = 'Completed';

    /**
     * The states in which nobody has decided yet.
     *
     * @return string[]
     */
    public static function undecided(): array {
        return [self::QUEUED->value, self::SENT->value, self::PENDING->value];
    }

    /**
     * What the state means for a picture that waits: true to show it from now on, false to drop it.
     *
     * @return bool|null null if it goes on waiting
     */
    public function verdict(): ?bool {
        return match ($this) {
            self::APPROVED, self::COMPLETED => true,
            self::REJECTED, self::CANCELLED => false,
            default => null,
        };
    }

    /**
     * The name of a state in the user's language; the CRM's word as crm_word shows it where there is none.
     *
     * @param string $status
     * @return string
     */
    public static function label(string $status): string {
        $known = self::tryFrom($status);
        return $known ? get_string('request_status_' . strtolower($known->name), 'local_mzi') : crm_word::shown($status);
    }
}
