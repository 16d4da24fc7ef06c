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
 * What the plugin's settings begin with: name, title, explanation and default.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setting_text {
    /**
     * The first arguments of a setting.
     *
     * @param string $name
     * @param mixed $default
     * @return array
     */
    public static function about(string $name, mixed $default): array {
        return [
            "local_mzi/$name",
            new \lang_string("setting_$name", 'local_mzi'),
            new \lang_string("setting_{$name}_desc", 'local_mzi'),
            $default,
        ];
    }

    /**
     * A switch.
     *
     * @param string $name
     * @param int $default
     * @return \admin_setting
     */
    public static function toggle(string $name, int $default): \admin_setting {
        return new \admin_setting_configcheckbox(...self::about($name, $default));
    }

    /**
     * A line of text.
     *
     * @param string $name
     * @param string|int $default
     * @param string $pattern
     * @return \admin_setting
     */
    public static function line(string $name, string|int $default, string $pattern): \admin_setting {
        return new \admin_setting_configtext(...self::about($name, $default), paramtype: $pattern);
    }
}
