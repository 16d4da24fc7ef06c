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
 * What a delivery did.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class delivery_count {
    /** @var int events that the bridge took */
    public int $delivered = 0;

    /** @var int events that are not for the CRM */
    public int $skipped = 0;

    /** @var int events that wait for something to come */
    public int $waiting = 0;

    /** @var int events that can never be sent */
    public int $failed = 0;

    /** @var int messages that were posted */
    public int $posts = 0;

    /** @var string|null why it stopped early */
    public ?string $fault = null;
}
