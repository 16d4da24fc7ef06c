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
 * A photo of a student as it was sent: a new one, the word that a known one still counts, or that there is none.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class incoming_photo {
    /**
     * Constructor.
     *
     * @param string $id CRM id of the student
     * @param int $readtime when the CRM was read, by its own clock
     * @param string|null $contenthash SHA-256 of the picture in the CRM; null: the student has none there
     * @param string|null $image the bytes of the picture; null: not sent, it must be known here already
     */
    public function __construct(
        /** @var string CRM id of the student */
        public readonly string $id,
        /** @var int when the CRM was read, by its own clock */
        public readonly int $readtime,
        /** @var string|null SHA-256 of the picture in the CRM; null: the student has none there */
        public readonly ?string $contenthash,
        /** @var string|null the bytes of the picture; null: not sent */
        public readonly ?string $image,
    ) {
    }
}
