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
use local_mzi\local\posted;

/**
 * Posts messages with events to the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class bridge_post {
    /**
     * Constructor.
     *
     * @param bridge_curl $curl
     */
    public function __construct(
        /** @var bridge_curl the way to the bridge */
        private readonly bridge_curl $curl = new bridge_curl(),
    ) {
    }

    /**
     * Posts a message.
     *
     * @param string $url
     * @param string[] $headers
     * @param string $body JSON
     * @return posted
     */
    public function post(string $url, array $headers, string $body): posted {
        return $this->curl->request('POST', $url, $headers, $body, bridge_settings::timeout());
    }
}
