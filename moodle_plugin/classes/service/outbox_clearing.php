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

use local_mzi\event\outbox_cleared;
use local_mzi\local\outbox_settings;
use local_mzi\repository\outbox_report_repository;

/**
 * Deletes old events that are settled well: delivered, or not for the CRM.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_clearing {
    /** Days that are proposed if events are kept for ever. */
    private const DAYS = 30;

    /**
     * Constructor.
     *
     * @param outbox_report_repository $events
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var outbox_report_repository the outbox */
        private readonly outbox_report_repository $events,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * The days that are proposed: as long as the setting keeps events.
     *
     * @return int
     */
    public static function proposed(): int {
        return outbox_settings::retention() ?: self::DAYS;
    }

    /**
     * How many would be deleted.
     *
     * @param int $days how old they must be
     * @return int
     */
    public function count(int $days): int {
        return $this->events->count_settled_before($this->time($days));
    }

    /**
     * Deletes them.
     *
     * @param int $days how old they must be
     * @return int how many
     */
    public function clear(int $days): int {
        $time = $this->time($days);
        $count = $this->events->count_settled_before($time);
        if ($count > 0) {
            $this->events->delete_settled_before($time);
            outbox_cleared::of($days, $count)->trigger();
        }
        return $count;
    }

    /**
     * Before when.
     *
     * @param int $days
     * @return int epoch seconds
     */
    private function time(int $days): int {
        return $this->clock->time() - max(1, $days) * DAYSECS;
    }
}
