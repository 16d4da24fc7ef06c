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
 * What an event holds, as it may be shown: ids, words of ours and times. All else could be a person's, and is masked.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class masked_payload {
    /** Stands for a value. */
    public const MASK = '•••';

    /** What is shown: ids, words and times that say nothing of a person by themselves. */
    private const SHOWN = [
        ...['assigngradeid', 'assignmentid', 'attempt', 'auth', 'class_id', 'cmid', 'completionid', 'confirmed', 'courseid'],
        ...['dategraded', 'deleted', 'enrol', 'enrollmentid', 'enrolment_id', 'filearea', 'filesize', 'grade_id', 'gradeid'],
        ...['graderid', 'grader_role', 'iteminstance', 'itemid', 'itemmodule', 'itemtype', 'key', 'moodle_user_id'],
        ...['request_date', 'request_number', 'request_type', 'requestid', 'role', 'roleid', 'scale', 'scalecount', 'status'],
        ...['student_id', 'student_ids', 'submissionid', 'suspended', 'timecompleted', 'timecreated', 'timeend'],
        ...['timemodified', 'timestart', 'timesubmitted', 'ueid', 'userid', 'zoho_class_id', 'zoho_student_id'],
    ];

    /** Most lines that are shown. */
    private const LINES = 200;

    /**
     * The values of a payload, masked.
     *
     * @param string|null $json
     * @return array<string, string> by their path; empty for none
     */
    public static function of(?string $json): array {
        $values = json_decode((string) $json, true);
        $lines = [];
        self::collect(is_array($values) ? $values : [], '', '', $lines);
        return array_slice($lines, 0, self::LINES, true);
    }

    /**
     * Collects the values of an object or a list.
     *
     * @param array $values
     * @param string $path of the object
     * @param string $name under which the object stands; the items of a list have it too
     * @param array $lines gets them
     */
    private static function collect(array $values, string $path, string $name, array &$lines): void {
        foreach ($values as $key => $value) {
            $place = $path === '' ? (string) $key : "$path.$key";
            $own = is_int($key) ? $name : $key;
            if (is_array($value)) {
                self::collect($value, $place, $own, $lines);
            } else {
                $lines[self::safe($place)] = self::shown($own, $value);
            }
        }
    }

    /**
     * A path; a name that the plugin would never give could be a value.
     *
     * @param string $path
     * @return string
     */
    private static function safe(string $path): string {
        return preg_match('/^[A-Za-z0-9_.]{1,100}$/D', $path) ? $path : self::MASK;
    }

    /**
     * A value.
     *
     * @param string $name
     * @param mixed $value
     * @return string
     */
    private static function shown(string $name, mixed $value): string {
        return match (true) {
            $value === null => '–',
            !in_array($name, self::SHOWN, true) => self::MASK,
            is_bool($value) => $value ? 'true' : 'false',
            default => (string) $value,
        };
    }
}
