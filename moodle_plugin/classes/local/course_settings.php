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

use local_mzi\repository\class_course_repository;

/**
 * The settings of courses of classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class course_settings {
    /** Role of teachers in the courses of their classes. */
    private const DEFAULT_ROLE = 'editingteacher';

    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        $page->add(new \admin_setting_configcheckbox(...setting_text::about('makecourses', 0)));
        $page->add(new \admin_setting_configtext(...setting_text::about('coursetemplate', 0), paramtype: PARAM_INT));
        $page->add(new \admin_settings_coursecat_select(...setting_text::about('coursecategory', 1)));
        $page->add(new \admin_setting_configtext(
            ...setting_text::about('teacherrole', self::DEFAULT_ROLE),
            paramtype: '/^[a-z0-9_-]{0,100}$/'
        ));
        $page->add(new course_staff_setting());
    }

    /**
     * Whether classes get courses.
     *
     * @return bool
     */
    public static function makes(): bool {
        return (bool) get_config('local_mzi', 'makecourses');
    }

    /**
     * The course whose content new ones get.
     *
     * @return int|null null if there is none
     */
    public static function template(): ?int {
        $id = (int) get_config('local_mzi', 'coursetemplate');
        return $id && \core\di::get(class_course_repository::class)->has_course($id) ? $id : null;
    }

    /**
     * The short name of the role of teachers.
     *
     * @return string empty if they get none
     */
    public static function teacher_role(): string {
        $role = get_config('local_mzi', 'teacherrole');
        return $role === false ? self::DEFAULT_ROLE : (string) $role;
    }

    /**
     * The category of courses whose programme has none.
     *
     * @return int
     */
    public static function category(): int {
        return (int) get_config('local_mzi', 'coursecategory');
    }
}
