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

use local_mzi\local\request_draft;
use local_mzi\local\request_type;

/**
 * The rows of a request in the shape of the CRM's subforms.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_details {
    /**
     * The rows under the name of the subform, as the bridge sends them.
     *
     * A class that has no Moodle course cannot be named in the CRM's rows; unnumbered() names it for the reason.
     *
     * @param request_draft $draft
     * @param \stdClass[] $classes the classes that are named
     * @param array<string, string> $current what stands in the fields that can be changed
     * @return array<string, array[]>|null null if there are none
     */
    public static function build(request_draft $draft, array $classes, array $current): ?array {
        if ($draft->type === request_type::PHOTO) {
            $row = self::change(request_type::PHOTO_FIELD, null, $draft->document?->get_filename());
            return ['Change_Information' => [$row]];
        }
        if ($draft->changes) {
            $rows = array_map(
                fn(string $name, string $value) => self::change($name, $current[$name], $value),
                array_keys($draft->changes),
                $draft->changes
            );
            return ['Change_Information' => $rows];
        }
        $numbered = array_filter($classes, fn(\stdClass $class) => $class->moodle_course_id !== null);
        $rows = array_map(fn(\stdClass $class) => ['Moodle_Class_ID' => (string) $class->moodle_course_id], $numbered);
        return $rows ? ['Requested_Classes' => array_values($rows)] : null;
    }

    /**
     * The names of classes that have no Moodle course.
     *
     * @param \stdClass[] $classes
     * @return string[]
     */
    public static function unnumbered(array $classes): array {
        $without = array_filter($classes, fn(\stdClass $class) => $class->moodle_course_id === null);
        return array_values(array_map(request_choices::class_name(...), $without));
    }

    /**
     * One row of Change_Information.
     *
     * @param string $name
     * @param string|null $current
     * @param string|null $new
     * @return array
     */
    private static function change(string $name, ?string $current, ?string $new): array {
        return ['Field_Name' => $name, 'Current_Value' => $current === '' ? null : $current, 'New_Value' => $new];
    }
}
