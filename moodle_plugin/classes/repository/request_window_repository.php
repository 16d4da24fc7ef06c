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

use local_mzi\local\request_type;
use local_mzi\local\request_window;

/**
 * The table of windows: one row a type of request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_window_repository {
    /** Table without prefix. */
    private const TABLE = 'local_mzi_request_windows';

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
     * The windows of all types, by one statement. A type without a row is closed.
     *
     * @return array<string, request_window> by the type's value
     */
    public function all(): array {
        $rows = $this->db->get_records(self::TABLE, null, '', 'request_type, enabled, opens_at, closes_at');
        $windows = [];
        foreach (request_type::cases() as $type) {
            $row = $rows[$type->value] ?? null;
            $windows[$type->value] = $row === null ? new request_window($type) : new request_window(
                $type,
                (bool) $row->enabled,
                $row->opens_at === null ? null : (int) $row->opens_at,
                $row->closes_at === null ? null : (int) $row->closes_at
            );
        }
        return $windows;
    }

    /**
     * Stores a window in place of the one there is.
     *
     * @param request_window $window
     * @param int $now
     * @return int id of the row
     */
    public function put(request_window $window, int $now): int {
        $row = [
            'request_type' => $window->type->value,
            'enabled' => (int) $window->enabled,
            'opens_at' => $window->opensat,
            'closes_at' => $window->closesat,
            'timemodified' => $now,
        ];
        $id = (int) $this->db->get_field(self::TABLE, 'id', ['request_type' => $window->type->value]);
        if ($id) {
            $this->db->update_record(self::TABLE, ['id' => $id] + $row);
            return $id;
        }
        return $this->db->insert_record(self::TABLE, $row);
    }
}
