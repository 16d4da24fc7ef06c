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

namespace local_mzi\entity;

/**
 * The ten entities.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class registry {
    /** Name of an entity and the class that defines it. */
    private const CLASSES = [
        'students' => students::class,
        'programs' => programs::class,
        'registrations' => registrations::class,
        'payments' => payments::class,
        'teachers' => teachers::class,
        'units' => units::class,
        'classes' => classes::class,
        'enrollments' => enrollments::class,
        'grades' => grades::class,
        'requests' => requests::class,
    ];

    /**
     * Names of all entities.
     *
     * @return string[]
     */
    public static function names(): array {
        return array_keys(self::CLASSES);
    }

    /**
     * The definition of an entity.
     *
     * @param string $name
     * @return definition
     * @throws \invalid_parameter_exception if there is none of that name
     */
    public static function get(string $name): definition {
        if (!isset(self::CLASSES[$name])) {
            throw new \invalid_parameter_exception("There is no entity \"$name\"; known: " . implode(', ', self::names()));
        }
        return (self::CLASSES[$name])::definition();
    }

    /**
     * All definitions by name.
     *
     * @return array<string, definition>
     */
    public static function all(): array {
        return array_map(fn(string $class) => $class::definition(), self::CLASSES);
    }
}
