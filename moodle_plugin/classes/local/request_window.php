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
 * When one type of request can be made.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_window {
    /**
     * Constructor.
     *
     * @param request_type $type
     * @param bool $enabled false: closed, whatever the times say
     * @param int|null $opensat first second, null for no beginning
     * @param int|null $closesat first second that is too late, null for no end
     */
    public function __construct(
        /** @var request_type what it is for */
        public readonly request_type $type,
        /** @var bool false: closed, whatever the times say */
        public readonly bool $enabled = false,
        /** @var int|null first second, null for no beginning */
        public readonly ?int $opensat = null,
        /** @var int|null first second that is too late, null for no end */
        public readonly ?int $closesat = null,
    ) {
    }

    /**
     * How it stands at a time.
     *
     * @param int $now epoch seconds
     * @return window_state
     */
    public function state(int $now): window_state {
        return match (true) {
            !$this->enabled => window_state::CLOSED,
            $this->opensat !== null && $now < $this->opensat => window_state::LATER,
            $this->closesat !== null && $now >= $this->closesat => window_state::OVER,
            default => window_state::OPEN,
        };
    }
}
