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
 * A living student record: enough to say who it is and to find what belongs to it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student {
    /**
     * Constructor.
     *
     * @param int $id
     * @param string $zohoid
     * @param int|null $userid
     * @param string $displayname
     * @param string|null $number
     * @param string|null $email
     * @param string|null $status
     * @param string|null $program
     */
    public function __construct(
        /** @var int id of the row, as in addresses and as itemid of files */
        public readonly int $id,
        /** @var string id of the record in the CRM, by which rows of other tables point at it */
        public readonly string $zohoid,
        /** @var int|null the Moodle user the record is linked to */
        public readonly ?int $userid,
        /** @var string the display name, else first and last name, else the student number, else empty */
        public readonly string $displayname,
        /** @var string|null student number */
        public readonly ?string $number,
        /** @var string|null academic e-mail address */
        public readonly ?string $email,
        /** @var string|null status as the CRM words it */
        public readonly ?string $status,
        /** @var string|null name of the programme */
        public readonly ?string $program,
    ) {
    }

    /**
     * From a row of local_mzi_students.
     *
     * @param \stdClass $row
     * @return self
     */
    public static function from_row(\stdClass $row): self {
        $names = trim("{$row->first_name} {$row->last_name}");
        return new self(
            (int) $row->id,
            $row->zoho_student_id,
            $row->moodle_user_id === null ? null : (int) $row->moodle_user_id,
            trim((string) $row->display_name) ?: $names ?: (string) $row->student_id,
            $row->student_id,
            $row->academic_email,
            $row->status,
            $row->program_name,
        );
    }
}
