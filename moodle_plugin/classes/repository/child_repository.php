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

use local_mzi\entity\child;

/**
 * The tables of child rows.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class child_repository {
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
     * Replaces the lists of records as sets.
     *
     * @param child $child
     * @param array<int, array{0: string, 1: array[]}> $lists pairs of the parent's CRM id and its rows in order
     */
    public function replace(child $child, array $lists): void {
        if (!$lists) {
            return;
        }
        $this->delete($child, array_column($lists, 0));
        $rows = [];
        foreach ($lists as [$parentid, $list]) {
            foreach ($list as $position => $row) {
                $rows[] = [$child->parent => $parentid, 'sortorder' => $position] + $row;
            }
        }
        $this->writer->insert($child->table, $rows);
    }

    /**
     * Deletes the lists of records.
     *
     * @param child $child
     * @param string[] $parentids CRM ids
     */
    public function delete(child $child, array $parentids): void {
        if ($parentids) {
            $this->db->delete_records_list($child->table, $child->parent, $parentids);
        }
    }

    /**
     * The lists of records.
     *
     * @param child $child
     * @param string[] $parentids CRM ids
     * @return \stdClass[] rows in the order of their lists
     */
    public function rows(child $child, array $parentids): array {
        return $this->db->get_records_list($child->table, $child->parent, $parentids, "{$child->parent}, sortorder");
    }
}
