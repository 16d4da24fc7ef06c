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
 * How the outbox stands.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_summary {
    /**
     * Constructor.
     *
     * @param int $day events that the bridge took within 24 hours
     * @param int $week the same within 7 days
     * @param int $queued events that wait
     * @param int $failed events that failed
     * @param int|null $oldest when the oldest that waits was noted, epoch seconds
     * @param \stdClass[] $reasons last_error, number and latest
     */
    public function __construct(
        /** @var int events that the bridge took within 24 hours */
        public readonly int $day,
        /** @var int the same within 7 days */
        public readonly int $week,
        /** @var int events that wait */
        public readonly int $queued,
        /** @var int events that failed */
        public readonly int $failed,
        /** @var int|null when the oldest that waits was noted, epoch seconds */
        public readonly ?int $oldest,
        /** @var \stdClass[] last_error, number and latest */
        public readonly array $reasons,
    ) {
    }
}
