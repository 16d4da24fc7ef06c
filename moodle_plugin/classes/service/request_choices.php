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

use local_mzi\local\changeable_field;
use local_mzi\local\request_type;
use local_mzi\local\status_list;
use local_mzi\local\student;
use local_mzi\repository\class_repository;
use local_mzi\repository\request_choice_repository;

/**
 * What a student can choose from; nothing else is taken.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_choices {
    /**
     * Constructor.
     *
     * @param request_choice_repository $choices
     * @param class_repository $places
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var request_choice_repository classes and columns */
        private readonly request_choice_repository $choices,
        /** @var class_repository the classes that students are in */
        private readonly class_repository $places,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * The classes that a request of a type can name.
     *
     * @param request_type $type
     * @param student $student
     * @return \stdClass[] id, zoho_class_id, class_number, name, unit_name, moodle_course_id, by local id
     */
    public function classes(request_type $type, student $student): array {
        $today = site_day::of($this->clock->time());
        $classes = match ($type) {
            request_type::DROP, request_type::LATE => $this->current($student, $today),
            request_type::ENROLL => $this->coming($student, $today),
            default => [],
        };
        return array_column($classes, null, 'id');
    }

    /**
     * The classes the student is in that are not over, as the list of classes has them.
     *
     * @param student $student
     * @param string $today YYYY-MM-DD
     * @return \stdClass[]
     */
    private function current(student $student, string $today): array {
        $classes = $this->places->of_student($student);
        return array_filter($classes, fn(\stdClass $class) => !class_end::is_past($class, $today));
    }

    /**
     * The classes of the student's programmes that have not begun and that the student is not in.
     *
     * @param student $student
     * @param string $today YYYY-MM-DD
     * @return \stdClass[]
     */
    private function coming(student $student, string $today): array {
        $classes = $this->choices->coming_classes($student, $today);
        return array_filter($classes, fn(\stdClass $class) => !status_list::ENDED->contains($class->status));
    }

    /**
     * What stands in the fields that can be changed.
     *
     * @param student $student
     * @return array<string, string> by Field_Name
     */
    public function current_values(student $student): array {
        $fields = changeable_field::all();
        $row = $this->choices->values($student, array_values(array_map(fn($field) => $field->column, $fields)));
        return array_map(fn($field) => (string) $row[$field->column], $fields);
    }

    /**
     * What a class is called.
     *
     * @param \stdClass $class as classes() gives it
     * @return string
     */
    public static function class_name(\stdClass $class): string {
        $name = (string) ($class->name ?? $class->unit_name);
        return trim($name . ($class->class_number === null ? '' : " ({$class->class_number})"));
    }
}
