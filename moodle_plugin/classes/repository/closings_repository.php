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
 * The table local_mzi_closings.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class closings_repository {
    /** The table. */
    private const TABLE = 'local_mzi_closings';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param bulk_writer $writer
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var bulk_writer writes many rows by one statement */
        private readonly bulk_writer $writer,
    ) {
    }

    /**
     * Adds lines by one statement.
     *
     * @param array[] $lines columns and values, the same columns in each
     */
    public function add(array $lines): void {
        $this->writer->insert(self::TABLE, $lines);
    }

    /**
     * How many there are of an entity behind a time.
     *
     * @param string $entity
     * @param int $time
     * @return int
     */
    public function count_after(string $entity, int $time): int {
        return $this->db->count_records_select(self::TABLE, 'entity = ? AND timecreated > ?', [$entity, $time]);
    }

    /**
     * How many there are of each entity behind a time.
     *
     * @param int $time
     * @return array<string, int> by entity; entities without any are missing
     */
    public function counts_after(int $time): array {
        return array_map('intval', $this->db->get_records_sql_menu(
            'SELECT entity, COUNT(id) FROM {' . self::TABLE . '} WHERE timecreated > ? GROUP BY entity',
            [$time]
        ));
    }

    /**
     * Deletes what is not behind a time.
     *
     * @param int $time
     */
    public function delete_until(int $time): void {
        $this->db->delete_records_select(self::TABLE, 'timecreated <= ?', [$time]);
    }

    /**
     * Deletes the lines of records.
     *
     * @param string[] $zohoids
     */
    public function delete_records(array $zohoids): void {
        if ($zohoids) {
            $this->db->delete_records_list(self::TABLE, 'zoho_record_id', $zohoids);
        }
    }
}
