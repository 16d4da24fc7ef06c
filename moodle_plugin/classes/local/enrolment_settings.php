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
 * The settings of enrolments.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_settings {
    /** Role of students in their courses. */
    private const DEFAULT_ROLE = 'student';

    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        $page->add(new \admin_setting_configtext(
            ...setting_text::about('enrolrole', self::DEFAULT_ROLE),
            paramtype: '/^[a-z0-9_-]{1,100}$/'
        ));
        $page->add(self::choice('enrolleave', ['suspend', 'unenrol']));
        $page->add(self::choice('enrolend', ['suspend', 'keep']));
        $page->add(new \admin_setting_configcheckbox(...setting_text::about('createusers', 0)));
        $page->add(new \admin_setting_configselect(...[...setting_text::about('createauth', 'manual'), self::methods()]));
    }

    /**
     * The short name of the role of students in their courses.
     *
     * @return string
     */
    public static function role(): string {
        return (string) get_config('local_mzi', 'enrolrole') ?: self::DEFAULT_ROLE;
    }

    /**
     * Whether those who leave a class are unenrolled; else they are suspended, and their work is kept.
     *
     * @return bool
     */
    public static function unenrols(): bool {
        return get_config('local_mzi', 'enrolleave') === 'unenrol';
    }

    /**
     * Whether students stay active in a class that has ended.
     *
     * @return bool
     */
    public static function keeps(): bool {
        return get_config('local_mzi', 'enrolend') === 'keep';
    }

    /**
     * The authentication methods that are switched on.
     *
     * @return string[] titles by name
     */
    private static function methods(): array {
        $names = get_enabled_auth_plugins();
        return array_combine($names, array_map(fn(string $name) => get_string('pluginname', "auth_$name"), $names));
    }

    /**
     * A setting with some words to choose from; the first is the default.
     *
     * @param string $name
     * @param string[] $words
     * @return \admin_setting
     */
    private static function choice(string $name, array $words): \admin_setting {
        $texts = array_map(fn(string $word) => new \lang_string("setting_{$name}_$word", 'local_mzi'), $words);
        return new \admin_setting_configselect(...[...setting_text::about($name, $words[0]), array_combine($words, $texts)]);
    }
}
