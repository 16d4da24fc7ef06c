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
 * The settings of the way to the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_settings {
    /** Days that events are kept. */
    public const DEFAULT_RETENTION = 90;

    /** Minutes after which an event that waits is trouble. */
    public const DEFAULT_LAG = 30;

    /** Failed events that are trouble. */
    public const DEFAULT_FAILURES = 10;

    /** Whom the bridge takes this site for. */
    public const DEFAULT_TENANT = 'default';

    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        $page->add(new bridge_url_setting());
        $page->add(self::text('plainloopback', 0));
        $page->add(new event_key_setting('eventkey'));
        $page->add(new event_key_setting('eventkeyprevious'));
        $page->add(self::text('tenantid', self::DEFAULT_TENANT, '/^[A-Za-z0-9_-]{1,50}$/'));
        foreach (event_type::observed() as $type) {
            $page->add(new \admin_setting_configcheckbox(
                "local_mzi/{$type->setting()}",
                new \lang_string("setting_event_{$type->value}", 'local_mzi'),
                new \lang_string('setting_event_desc', 'local_mzi'),
                1
            ));
        }
        $page->add(self::text('outboxretention', self::DEFAULT_RETENTION, '/^\d{1,5}$/'));
        $page->add(self::text('outboxlagminutes', self::DEFAULT_LAG, '/^[1-9]\d{0,4}$/'));
        $page->add(self::text('outboxfailures', self::DEFAULT_FAILURES, '/^[1-9]\d{0,5}$/'));
    }

    /**
     * A number of the settings.
     *
     * @param string $name
     * @param int $default
     * @return int
     */
    public static function number(string $name, int $default): int {
        $setting = get_config('local_mzi', $name);
        return $setting === false || $setting === '' ? $default : (int) $setting;
    }

    /**
     * Whom the bridge takes this site for.
     *
     * @return string
     */
    public static function tenant(): string {
        return (string) get_config('local_mzi', 'tenantid') ?: self::DEFAULT_TENANT;
    }

    /**
     * A setting with a pattern, or a switch without one.
     *
     * @param string $name
     * @param string|int $default
     * @param string|null $pattern
     * @return \admin_setting
     */
    private static function text(string $name, string|int $default, ?string $pattern = null): \admin_setting {
        $about = [
            "local_mzi/$name",
            new \lang_string("setting_$name", 'local_mzi'),
            new \lang_string("setting_{$name}_desc", 'local_mzi'),
            $default,
        ];
        return $pattern === null
            ? new \admin_setting_configcheckbox(...$about)
            : new \admin_setting_configtext(...$about, paramtype: $pattern);
    }
}
