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
 * Settings that list statuses, or other words that the CRM has for records, by name.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum status_list: string {
    /** Grade statuses that let a student see the grade. */
    case RELEASED = 'releasedstatuses';
    /** Payment statuses that count as paid. */
    case PAYMENTS = 'paymentstatuses';
    /** Payment types that settle the fees of a programme; all if none is named. */
    case FEETYPES = 'feepaymenttypes';
    /** Student statuses that count as active. */
    case ACTIVE = 'activestatuses';
    /** Class statuses that say that a class is over. */
    case ENDED = 'endedstatuses';
    /** Class statuses that get a course, if classes get courses at all. */
    case RUNNING = 'runningstatuses';

    /**
     * The list until somebody changes it: one status a line.
     *
     * @return string
     */
    public function preset(): string {
        return match ($this) {
            self::RELEASED => 'Released',
            self::PAYMENTS => 'Confirmed',
            self::FEETYPES => '',
            self::ACTIVE => 'Active',
            self::ENDED => 'End',
            self::RUNNING => 'Active',
        };
    }

    /**
     * Whether a status is on the list. Case and spaces around it do not matter; no status is never on it.
     *
     * @param string|null $status
     * @return bool
     */
    public function contains(?string $status): bool {
        $wanted = self::spelling((string) $status);
        return $wanted !== '' && in_array($wanted, array_map(self::spelling(...), $this->values()), true);
    }

    /**
     * The statuses on the list, as they were typed.
     *
     * @return string[]
     */
    public function values(): array {
        $stored = get_config('local_mzi', $this->value);
        $lines = preg_split('/\R/u', $stored === false ? $this->preset() : (string) $stored);
        return array_values(array_filter(array_map(trim(...), $lines), fn(string $line) => $line !== ''));
    }

    /**
     * A status as it is compared.
     *
     * @param string $status
     * @return string
     */
    private static function spelling(string $status): string {
        return \core_text::strtolower(trim($status));
    }
}
