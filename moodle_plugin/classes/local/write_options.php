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
 * How a batch is to be written.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class write_options {
    /**
     * Constructor.
     *
     * @param brake_mode $brake
     * @param array<string, string[]> $closing by column, the values that close a record
     * @param bool $rewrite whether rows of equal content are written all the same
     */
    public function __construct(
        /** @var brake_mode what becomes of closing changes */
        public readonly brake_mode $brake = brake_mode::ON,
        /** @var array<string, string[]> by column, the values that close a record */
        public readonly array $closing = [],
        /** @var bool whether rows of equal content are written all the same */
        public readonly bool $rewrite = false,
    ) {
    }
}
