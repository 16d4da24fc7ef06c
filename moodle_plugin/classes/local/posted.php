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
 * What came back from the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class posted {
    /**
     * Constructor.
     *
     * @param int $status of HTTP, 0 for no answer
     * @param string $body
     * @param string|null $error why there is no answer, one word
     * @param int|null $retryafter seconds that the bridge asks to wait
     */
    public function __construct(
        /** @var int status of HTTP, 0 for no answer */
        public readonly int $status,
        /** @var string body of the answer */
        public readonly string $body = '',
        /** @var string|null why there is no answer, one word */
        public readonly ?string $error = null,
        /** @var int|null seconds that the bridge asks to wait */
        public readonly ?int $retryafter = null,
    ) {
    }
}
