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
 * Who has a role in the courses of all classes: lines of user name and role.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class course_staff {
    /** The setting. */
    public const SETTING = 'coursestaff';

    /** A line. */
    private const LINE = '/^([^\s:]+)\s*:\s*([a-z0-9_-]{1,100})$/u';

    /**
     * Who it is.
     *
     * @return array{0: string, 1: string}[] pairs of user name and short name of the role
     */
    public static function people(): array {
        $people = [];
        foreach (self::lines((string) get_config('local_mzi', self::SETTING)) as $line) {
            if (preg_match(self::LINE, $line, $parts)) {
                $people[] = [\core_text::strtolower($parts[1]), $parts[2]];
            }
        }
        return $people;
    }

    /**
     * The first line that says nothing.
     *
     * @param string $text
     * @return string|null
     */
    public static function wrong_line(string $text): ?string {
        foreach (self::lines($text) as $line) {
            if (!preg_match(self::LINE, $line)) {
                return $line;
            }
        }
        return null;
    }

    /**
     * The lines that are not empty.
     *
     * @param string $text
     * @return string[]
     */
    private static function lines(string $text): array {
        return array_filter(array_map(trim(...), preg_split('/\R/u', $text)), fn(string $line) => $line !== '');
    }
}
