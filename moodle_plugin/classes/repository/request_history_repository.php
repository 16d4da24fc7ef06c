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
 * The states that requests have been in, in the order in which they came.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_history_repository {
    /** Table without prefix. */
    private const TABLE = 'local_mzi_request_history';

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
     * Adds states.
     *
     * @param array[] $states each with requestid (local id), status and timecreated
     */
    public function add(array $states): void {
        $this->writer->insert(self::TABLE, $states);
    }

    /**
     * The states of requests, by one statement.
     *
     * @param int[] $requestids local ids
     * @return array<int, \stdClass[]> status and timecreated by request, the oldest first
     */
    public function of_requests(array $requestids): array {
        $found = [];
        foreach ($requestids ? $this->db->get_records_list(self::TABLE, 'requestid', $requestids, 'id') : [] as $row) {
            $found[(int) $row->requestid][] = (object) ['status' => $row->status, 'timecreated' => (int) $row->timecreated];
        }
        return $found;
    }

    /**
     * Deletes the states of requests.
     *
     * @param int[] $requestids local ids
     */
    public function delete_requests(array $requestids): void {
        $this->db->delete_records_list(self::TABLE, 'requestid', $requestids);
    }
}
