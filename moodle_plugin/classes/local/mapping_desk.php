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
 * A mapping as it lies on the page: what the bridge has, what somebody wants, and what is wrong with that.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mapping_desk {
    /**
     * Constructor.
     *
     * @param module_mapping $mapping as the bridge has it
     * @param array<string, mapping_rule> $rules as somebody wants them
     * @param mapping_finding[] $findings
     * @param bridge_fault|null $fault why the bridge did not take it
     * @param bool $checked whether it was checked and is well enough
     * @param string $note
     * @param int|null $base version from which it is made
     */
    public function __construct(
        /** @var module_mapping as the bridge has it */
        public readonly module_mapping $mapping,
        /** @var array<string, mapping_rule> as somebody wants them */
        public readonly array $rules,
        /** @var mapping_finding[] what is wrong */
        public readonly array $findings,
        /** @var bridge_fault|null why the bridge did not take it */
        public readonly ?bridge_fault $fault = null,
        /** @var bool whether it was checked and is well enough */
        public readonly bool $checked = false,
        /** @var string why it is changed */
        public readonly string $note = '',
        /** @var int|null version from which it is made */
        public readonly ?int $base = null,
    ) {
    }
}
