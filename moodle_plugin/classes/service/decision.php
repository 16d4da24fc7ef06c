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

namespace local_mzi\service;

use local_mzi\local\action;
use local_mzi\local\incoming_row;
use local_mzi\local\stored_row;

/**
 * What a write should do, seen from what is stored.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class decision {
    /**
     * Of an upsert.
     *
     * A tombstone is lifted by a record that was read from the CRM after it was set, whatever the record's version
     * says: so it is when a record comes back from the recycle bin. Versions have whole seconds: of two contents of
     * one version the one that was read later wins.
     *
     * @param incoming_row $row
     * @param stored_row|null $stored
     * @param bool $again whether a row of equal content is to be written all the same
     * @return action
     */
    public static function upsert(incoming_row $row, ?stored_row $stored, bool $again): action {
        return match (true) {
            $stored === null => action::INSERTED,
            $stored->deletedat !== null => $row->readtime > $stored->deletedat ? action::UPDATED : action::STALE,
            $row->modifiedtime < $stored->modifiedtime => action::STALE,
            $row->contenthash === $stored->contenthash => $again ? action::UPDATED : action::UNCHANGED,
            $row->modifiedtime === $stored->modifiedtime && $row->readtime < $stored->syncedat => action::STALE,
            default => action::UPDATED,
        };
    }

    /**
     * Of an unchanged record: the version and the read time that its row is raised to.
     *
     * @param incoming_row $row
     * @param stored_row $stored
     * @return array{0: int, 1: int}|null null where the row has them already
     */
    public static function raised(incoming_row $row, stored_row $stored): ?array {
        $raises = $row->modifiedtime > $stored->modifiedtime || $row->readtime > $stored->syncedat;
        return $raises ? [$row->modifiedtime, max($row->readtime, $stored->syncedat)] : null;
    }

    /**
     * Whether an update closes a living record: it brings a column from another value to one that ends the record.
     *
     * @param incoming_row $row
     * @param stored_row $stored
     * @param array<string, string[]> $closing values by column
     * @return bool
     */
    public static function closes(incoming_row $row, stored_row $stored, array $closing): bool {
        if ($stored->deletedat !== null) {
            return false;
        }
        foreach ($closing as $column => $values) {
            $closed = in_array($stored->values[$column], $values, true);
            if (!$closed && in_array($row->values[$column] ?? null, $values, true)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Of a deletion.
     *
     * @param int $version when the record was deleted, epoch seconds by the CRM's clock
     * @param stored_row|null $stored
     * @return action
     */
    public static function delete(int $version, ?stored_row $stored): action {
        return match (true) {
            $stored === null => action::DELETED,
            $stored->deletedat !== null => $version > $stored->deletedat ? action::DELETED : action::UNCHANGED,
            $version < $stored->syncedat => action::STALE,
            default => action::DELETED,
        };
    }
}
