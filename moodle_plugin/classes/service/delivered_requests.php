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

use local_mzi\local\request_status;
use local_mzi\repository\request_history_repository;
use local_mzi\repository\request_repository;

/**
 * Shows of requests that the bridge has them. What the CRM has said of one meanwhile stays.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class delivered_requests {
    /**
     * Constructor.
     *
     * @param request_repository $requests
     * @param request_history_repository $history
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var request_repository the requests */
        private readonly request_repository $requests,
        /** @var request_history_repository their states */
        private readonly request_history_repository $history,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Makes those that are still queued sent. Call it inside a transaction.
     *
     * @param int[] $requestids local ids
     * @return int[] local ids of those that were queued
     */
    public function mark(array $requestids): array {
        $queued = $this->requests->lock_queued($requestids);
        if ($queued) {
            $now = $this->clock->time();
            $this->requests->set_sent($queued, $now);
            $this->history->add(array_map(
                fn(int $id) => ['requestid' => $id, 'status' => request_status::SENT->value, 'timecreated' => $now],
                $queued
            ));
        }
        return $queued;
    }
}
