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

use local_mzi\local\bridge_fault;
use local_mzi\local\bridge_state;
use local_mzi\local\bridge_trouble;
use local_mzi\local\seen_bridge;

/**
 * Asks the bridge how it stands, once a minute at most, so that no page waits for a bridge that is away.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_watch {
    /** Seconds for which an answer, or none, holds. */
    private const HOLDS = MINSECS;

    /**
     * Constructor.
     *
     * @param bridge_client $client
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var bridge_client the bridge */
        private readonly bridge_client $client,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * How the bridge stands.
     *
     * @return seen_bridge
     */
    public function look(): seen_bridge {
        $held = self::cache()->get(self::key());
        $age = is_array($held) ? $this->clock->time() - $held['at'] : self::HOLDS;
        if ($age < 0 || $age >= self::HOLDS) {
            $held = $this->ask();
            self::cache()->set(self::key(), $held);
        }
        $trouble = bridge_trouble::tryFrom((string) $held['trouble']);
        return new seen_bridge(
            $held['at'],
            $trouble === null ? bridge_state::of($held['body']) : null,
            $trouble === null ? null : new bridge_fault($trouble, $held['body'])
        );
    }

    /**
     * Forgets what was seen: something was done that changes it.
     */
    public static function forget(): void {
        self::cache()->purge();
    }

    /**
     * Asks now.
     *
     * @return array{at: int, trouble: string|null, body: array}
     */
    private function ask(): array {
        try {
            [$trouble, $body] = [null, $this->client->state()];
        } catch (bridge_fault $fault) {
            [$trouble, $body] = [$fault->trouble->value, array_filter(['error' => $fault->word])];
        }
        return ['at' => $this->clock->time(), 'trouble' => $trouble, 'body' => $body];
    }

    /**
     * Under what it is kept: another address or key is another bridge.
     *
     * @return string
     */
    private static function key(): string {
        $settings = ['bridgeurl', 'plainloopback', 'apikey', 'outbox_site'];
        return sha1(json_encode(array_map(fn(string $name) => get_config('local_mzi', $name), $settings)));
    }

    /**
     * The cache.
     *
     * @return \cache
     */
    private static function cache(): \cache {
        return \cache::make('local_mzi', 'bridge_state');
    }
}
