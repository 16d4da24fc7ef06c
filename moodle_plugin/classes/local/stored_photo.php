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
 * What is known of a student's photo that came from the CRM.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class stored_photo {
    /**
     * Constructor.
     *
     * @param string|null $contenthash of the picture as the CRM has it; null: none
     * @param int $readtime when that was read, by the CRM's clock
     */
    public function __construct(
        /** @var string|null of the picture as the CRM has it; null: none */
        public readonly ?string $contenthash,
        /** @var int when that was read, by the CRM's clock */
        public readonly int $readtime,
    ) {
    }
}
