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
use local_mzi\local\connection;

/**
 * Tests the connection both ways by one call: this site calls the bridge, and the bridge calls back.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class connection_test {
    /**
     * Constructor.
     *
     * @param bridge_client $client
     */
    public function __construct(
        /** @var bridge_client the bridge */
        private readonly bridge_client $client,
    ) {
    }

    /**
     * Tests.
     *
     * @return connection
     */
    public function run(): connection {
        bridge_watch::forget();
        try {
            return new connection($this->client->ping(), null);
        } catch (bridge_fault $fault) {
            return new connection(null, $fault);
        }
    }
}
