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

namespace local_mzi\repository;

/**
 * The table local_mzi_cards: how often the cards of a student were withdrawn. A student without a row never had that.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_repository {
    /** The table. */
    private const TABLE = 'local_mzi_cards';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    /**
     * The serial that a valid card of a student has.
     *
     * @param int $studentid
     * @return int
     */
    public function serial(int $studentid): int {
        return (int) $this->db->get_field(self::TABLE, 'serial', ['studentid' => $studentid]);
    }

    /**
     * Withdraws the cards of a student: the next ones have the next serial.
     *
     * @param int $studentid
     * @param int $now
     */
    public function withdraw(int $studentid, int $now): void {
        if ($this->db->record_exists(self::TABLE, ['studentid' => $studentid])) {
            $this->db->execute(
                'UPDATE {' . self::TABLE . '} SET serial = serial + 1, timemodified = ? WHERE studentid = ?',
                [$now, $studentid]
            );
            return;
        }
        $this->db->insert_record(self::TABLE, ['studentid' => $studentid, 'serial' => 1, 'timemodified' => $now]);
    }

    /**
     * The rows of students.
     *
     * @param int[] $studentids
     * @return \stdClass[]
     */
    public function rows(array $studentids): array {
        return $this->db->get_records_list(self::TABLE, 'studentid', $studentids, 'id');
    }

    /**
     * Forgets students.
     *
     * @param int[] $studentids
     */
    public function delete(array $studentids): void {
        $this->db->delete_records_list(self::TABLE, 'studentid', $studentids);
    }
}
