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

use local_mzi\local\bridge_settings;
use local_mzi\local\outbox_settings;
use local_mzi\repository\outbox_queue_repository;

/**
 * What is wrong with the way to the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_health {
    /**
     * Constructor.
     *
     * @param outbox_queue_repository $queue
     * @param event_messages $messages
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var outbox_queue_repository the outbox */
        private readonly outbox_queue_repository $queue,
        /** @var event_messages tells whether there is a link */
        private readonly event_messages $messages,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * The troubles in words of the user's language.
     *
     * @return string[] empty if all is well, or if somebody has switched the bridge off
     */
    public function troubles(): array {
        if (!bridge_settings::is_on()) {
            return [];
        }
        $now = $this->clock->time();
        $counts = $this->queue->counts($now);
        $troubles = [];
        if ($counts['queued'] > 0) {
            try {
                $this->messages->require_link();
            } catch (\moodle_exception $exception) {
                $troubles[] = $exception->getMessage();
            }
        }
        $since = $this->queue->stuck_since($now);
        $minutes = $since === null ? 0 : intdiv($now - $since, MINSECS);
        if ($minutes >= outbox_settings::lag()) {
            $numbers = (object) ['queued' => $counts['queued'], 'minutes' => $minutes];
            $troubles[] = get_string('outbox_trouble_lag', 'local_mzi', $numbers);
        }
        if ($counts['failed'] >= outbox_settings::failures()) {
            $troubles[] = get_string('outbox_trouble_failed', 'local_mzi', $counts['failed']);
        }
        if ($troubles && $this->queue->is_blocked()) {
            $troubles[] = get_string('outbox_trouble_blocked', 'local_mzi');
        }
        return $troubles;
    }
}
