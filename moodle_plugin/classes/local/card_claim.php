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
 * What the code on a student card says.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_claim {
    /**
     * Constructor.
     *
     * @param int $studentid
     * @param int $serial
     * @param string $issued
     * @param string $expires
     */
    public function __construct(
        /** @var int row of the student */
        public readonly int $studentid,
        /** @var int how often the student's earlier cards had been withdrawn */
        public readonly int $serial,
        /** @var string day of issue, "YYYY-MM-DD" */
        public readonly string $issued,
        /** @var string last day on which the card is valid, "YYYY-MM-DD" */
        public readonly string $expires,
    ) {
    }
}
