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
 * A setting that is not what it was at first.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class changed_setting {
    /**
     * Constructor.
     *
     * @param string $name
     * @param string $title
     * @param string $page title of its page
     * @param string|null $value null for a secret
     * @param string $default
     */
    public function __construct(
        /** @var string name */
        public readonly string $name,
        /** @var string title */
        public readonly string $title,
        /** @var string title of its page */
        public readonly string $page,
        /** @var string|null value, null for a secret */
        public readonly ?string $value,
        /** @var string value at first */
        public readonly string $default,
    ) {
    }
}
