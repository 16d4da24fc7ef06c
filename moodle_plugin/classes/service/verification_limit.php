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

/**
 * Bids those wait who check one wrong code after the other. Whoever scans valid cards never waits.
 *
 * Nobody guesses a code, however many are tried; this only keeps the trying from becoming a burden.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class verification_limit {
    /** Wrong codes from one address within a minute. */
    public const WRONG_CODES = 30;

    /** @var \cache counts by address and minute */
    private readonly \cache $counts;

    /**
     * Constructor.
     *
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
        $this->counts = \cache::make('local_mzi', 'verifications');
    }

    /**
     * Seconds that an address must wait before the next code is checked.
     *
     * @param string $address IP address
     * @return int 0 if it may go on
     */
    public function wait(string $address): int {
        $isover = (int) $this->counts->get($this->slot($address)) >= self::WRONG_CODES;
        return $isover ? MINSECS - $this->clock->time() % MINSECS : 0;
    }

    /**
     * Counts a wrong code.
     *
     * @param string $address IP address
     */
    public function count_wrong(string $address): void {
        $slot = $this->slot($address);
        $this->counts->set($slot, (int) $this->counts->get($slot) + 1);
    }

    /**
     * Where the count of an address in this minute is kept. The address itself is kept nowhere.
     *
     * Whoever has one address of IPv6 has all that begin with the same 64 bits (RFC 6177), so these count together.
     *
     * @param string $address
     * @return string
     */
    private function slot(string $address): string {
        $packed = (string) @inet_pton($address);
        $begin = strlen($packed) === 16 ? trim(substr($packed, 0, 8), "\0") : '';
        $network = $begin === '' ? $address : bin2hex($begin);
        return hash('sha256', get_site_identifier() . '|' . $network . '|' . intdiv($this->clock->time(), MINSECS));
    }
}
