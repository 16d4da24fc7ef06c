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
 * What the plugin holds of a record, as far as a write must know it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class stored_row {
    /**
     * Constructor.
     *
     * @param int $id local id
     * @param string $zohoid CRM id
     * @param int $modifiedtime version
     * @param string $contenthash
     * @param int $syncedat read time of the last write accepted
     * @param int|null $deletedat tombstone
     * @param array<string, string|null> $values the columns that a decision looks at
     */
    public function __construct(
        /** @var int local id */
        public readonly int $id,
        /** @var string CRM id */
        public readonly string $zohoid,
        /** @var int version */
        public readonly int $modifiedtime,
        /** @var string hash of the last write accepted */
        public readonly string $contenthash,
        /** @var int read time of the last write accepted */
        public readonly int $syncedat,
        /** @var int|null tombstone */
        public readonly ?int $deletedat,
        /** @var array<string, string|null> the columns that a decision looks at */
        public readonly array $values = [],
    ) {
    }
}
