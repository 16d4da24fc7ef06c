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
 * What an administrator can switch off on the pages, by the end of its setting's name.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum feature: string {
    /** The tab Finance. */
    case FINANCE = 'finance';
    /** Feedback and learning outcomes behind a grade. */
    case GRADEDETAIL = 'gradedetail';
    /** A PDF receipt for each payment. */
    case RECEIPTS = 'receipts';
    /** The student card. */
    case CARD = 'card';
    /** The tab Requests and its forms. */
    case REQUESTS = 'requests';
    /** The choice between light and dark. */
    case THEMETOGGLE = 'themetoggle';

    /**
     * The name of the setting.
     *
     * @return string
     */
    public function setting(): string {
        return "show_{$this->value}";
    }

    /**
     * Whether it is switched on. It is until somebody switches it off.
     *
     * @return bool
     */
    public function is_on(): bool {
        $value = get_config('local_mzi', $this->setting());
        return $value === false || (bool) $value;
    }

    /**
     * Stops a request for something that is switched off.
     *
     * @throws \moodle_exception
     */
    public function require_on(): void {
        if (!$this->is_on()) {
            throw new \moodle_exception('page_switchedoff', 'local_mzi');
        }
    }
}
