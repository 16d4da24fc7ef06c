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

/**
 * A list or an object that travels as one JSON parameter.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class json_parameter {
    /** Deepest nesting of a record. */
    private const DEPTH = 64;

    /**
     * The list; objects in it stay objects, so that {} and [] can be told apart.
     *
     * @param string $name the parameter, for the message
     * @param string $json
     * @param int|null $count how many the caller says there are
     * @return array
     * @throws \moodle_exception invalidjson, countmismatch, toomanyrecords
     */
    public static function list(string $name, string $json, ?int $count = null): array {
        $list = json_decode($json, false, self::DEPTH);
        if (!is_array($list)) {
            self::refuse($name, 'not a list');
        }
        $found = count($list);
        if ($count !== null && $found !== $count) {
            $numbers = (object) ['name' => $name, 'expected' => $count, 'found' => $found];
            throw new \moodle_exception('countmismatch', 'local_mzi', '', $numbers);
        }
        if ($found > contract::MAX_RECORDS) {
            $numbers = (object) ['name' => $name, 'max' => contract::MAX_RECORDS, 'found' => $found];
            throw new \moodle_exception('toomanyrecords', 'local_mzi', '', $numbers);
        }
        return $list;
    }

    /**
     * The members of the object by name; objects in it stay objects.
     *
     * @param string $name the parameter, for the message
     * @param string $json
     * @return array
     * @throws \moodle_exception invalidjson
     */
    public static function object(string $name, string $json): array {
        $object = json_decode($json, false, self::DEPTH);
        if (!$object instanceof \stdClass) {
            self::refuse($name, 'not an object');
        }
        return (array) $object;
    }

    /**
     * Refuses the call.
     *
     * @param string $name
     * @param string $otherwise the reason where the text is JSON
     * @throws \moodle_exception
     */
    private static function refuse(string $name, string $otherwise): never {
        $reason = json_last_error() === JSON_ERROR_NONE ? $otherwise : json_last_error_msg();
        throw new \moodle_exception('invalidjson', 'local_mzi', '', (object) ['name' => $name, 'reason' => $reason]);
    }
}
