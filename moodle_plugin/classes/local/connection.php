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
 * The verdict on the connection, for each direction.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class connection {
    /**
     * Constructor.
     *
     * @param ping|null $ping null if the bridge was not reached
     * @param bridge_fault|null $fault why not
     */
    public function __construct(
        /** @var ping|null what the bridge said, null if it was not reached */
        public readonly ?ping $ping,
        /** @var bridge_fault|null why it was not reached */
        public readonly ?bridge_fault $fault,
    ) {
    }

    /**
     * Whether this site reaches the bridge.
     *
     * @return bool
     */
    public function is_there(): bool {
        return $this->ping !== null;
    }

    /**
     * Whether the bridge reaches this site, and no other.
     *
     * @return bool
     */
    public function is_back(): bool {
        return $this->ping !== null && $this->ping->reached && $this->ping->samesite;
    }
}
