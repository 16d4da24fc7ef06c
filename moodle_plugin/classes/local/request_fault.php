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
 * What keeps a request from being stored.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_fault {
    /**
     * Constructor.
     *
     * @param string $field type, reason, classes, change:<Field_Name> or document
     * @param refusal $reason
     * @param mixed $a for the text
     */
    public function __construct(
        /** @var string type, reason, classes, change:<Field_Name> or document */
        public readonly string $field,
        /** @var refusal what is wrong */
        public readonly refusal $reason,
        /** @var mixed for the text */
        public readonly mixed $a = null,
    ) {
    }

    /**
     * The text for the student.
     *
     * @return string
     */
    public function text(): string {
        return get_string("request_fault_{$this->reason->value}", 'local_mzi', $this->a);
    }
}
