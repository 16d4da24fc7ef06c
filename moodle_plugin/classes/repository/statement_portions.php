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
 * Rows in portions that one statement with a parameter for each value can carry.
 *
 * Only a batch of unusual size is split: MariaDB takes 16 MB a statement by default.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class statement_portions {
    /** Most parameters of a statement. */
    private const MAX_PARAMETERS = 60000;

    /** Most bytes of values in a statement. */
    private const MAX_BYTES = 4_000_000;

    /**
     * The rows under their keys; mostly there is one portion.
     *
     * @param array[] $rows
     * @return \Generator<array[]>
     */
    public static function of(array $rows): \Generator {
        $portion = [];
        $parameters = 0;
        $bytes = 0;
        foreach ($rows as $key => $row) {
            $size = array_sum(array_map(fn($value) => strlen((string) $value), $row));
            $full = $parameters + count($row) > self::MAX_PARAMETERS || $bytes + $size > self::MAX_BYTES;
            if ($portion && $full) {
                yield $portion;
                $portion = [];
                $parameters = 0;
                $bytes = 0;
            }
            $portion[$key] = $row;
            $parameters += count($row);
            $bytes += $size;
        }
        if ($portion) {
            yield $portion;
        }
    }
}
