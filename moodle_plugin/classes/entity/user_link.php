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

namespace local_mzi\entity;

/**
 * Which columns of an entity say who it is in Moodle.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class user_link {
    /** The column that holds the link and, in a record, an explicit Moodle user id. */
    public const COLUMN = 'moodle_user_id';

    /**
     * Constructor.
     *
     * @param string $email column with the academic e-mail address
     * @param string|null $idnumber column with what Moodle keeps as the ID number
     * @param string|null $byhand column that says that a person decided, so that nothing else may change the link
     */
    public function __construct(
        /** @var string column with the academic e-mail address */
        public readonly string $email,
        /** @var string|null column with what Moodle keeps as the ID number */
        public readonly ?string $idnumber = null,
        /** @var string|null column that says that a person decided, so that nothing else may change the link */
        public readonly ?string $byhand = null,
    ) {
    }

    /**
     * Whether a person decided who it is, or that it is nobody.
     *
     * @param array<string, string|null> $stored columns of the stored row
     * @return bool
     */
    public function is_by_hand(array $stored): bool {
        return $this->byhand !== null && !empty($stored[$this->byhand]);
    }

    /**
     * Whether the Moodle user is still to be looked for.
     *
     * @param array<string, string|null> $stored columns of the stored row
     * @return bool
     */
    public function is_open(array $stored): bool {
        return !$this->is_by_hand($stored) && !isset($stored[self::COLUMN]);
    }
}
