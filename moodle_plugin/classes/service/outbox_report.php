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

use local_mzi\local\outbox_summary;
use local_mzi\repository\outbox_queue_repository;
use local_mzi\repository\outbox_report_repository;

/**
 * What those who manage the plugin learn of the outbox.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_report {
    /** Most reasons that are listed. */
    private const REASONS = 8;

    /** Most failed events that are listed. */
    public const FAILED = 50;

    /**
     * Constructor.
     *
     * @param outbox_queue_repository $queue
     * @param outbox_report_repository $events
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var outbox_queue_repository counts */
        private readonly outbox_queue_repository $queue,
        /** @var outbox_report_repository numbers and reasons */
        private readonly outbox_report_repository $events,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * How it stands now.
     *
     * @return outbox_summary
     */
    public function summary(): outbox_summary {
        $now = $this->clock->time();
        $counts = $this->queue->counts($now);
        [$day, $week] = $this->events->delivered_since([$now - DAYSECS, $now - WEEKSECS]);
        return new outbox_summary(
            $day,
            $week,
            $counts['queued'],
            $counts['failed'],
            $counts['oldest'] ?: null,
            $this->events->reasons(self::REASONS)
        );
    }

    /**
     * The newest events that failed.
     *
     * @return \stdClass[] id, event_type, attempts, last_error and timemodified
     */
    public function failed(): array {
        return $this->events->failed(self::FAILED);
    }
}
