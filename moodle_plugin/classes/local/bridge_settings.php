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
 * The settings of the bridge: where it is, how this site proves itself there, how long it is waited for.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_settings {
    /** Whom the bridge takes this site for. */
    public const DEFAULT_TENANT = 'default';

    /** Seconds that a message or a change waits for its answer. */
    public const DEFAULT_TIMEOUT = 30;

    /** Seconds that a page waits for the bridge. */
    public const DEFAULT_PAGE_TIMEOUT = 3;

    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        $page->add(setting_text::toggle('bridgeon', 1));
        $page->add(new bridge_url_setting());
        $page->add(setting_text::toggle('plainloopback', 0));
        $page->add(new secret_setting(secret::API_KEY));
        $page->add(setting_text::line('tenantid', self::DEFAULT_TENANT, '/^[A-Za-z0-9_-]{1,50}$/'));
        $page->add(setting_text::line('bridgetimeout', self::DEFAULT_TIMEOUT, '/^([5-9]|[1-9]\d|1[01]\d|120)$/'));
        $page->add(setting_text::line('pagetimeout', self::DEFAULT_PAGE_TIMEOUT, '/^([1-9]|10)$/'));
        $page->add(setting_text::toggle('debuglog', 0));
    }

    /**
     * Whether events are noted and sent at all.
     *
     * @return bool
     */
    public static function is_on(): bool {
        $setting = get_config('local_mzi', 'bridgeon');
        return $setting === false || (bool) $setting;
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
     * How long a message or a change waits for its answer.
     *
     * @return int seconds
     */
    public static function timeout(): int {
        return self::number('bridgetimeout', self::DEFAULT_TIMEOUT);
    }

    /**
     * How long a page waits for the bridge.
     *
     * @return int seconds
     */
    public static function page_timeout(): int {
        return self::number('pagetimeout', self::DEFAULT_PAGE_TIMEOUT);
    }

    /**
     * Whether each call of the bridge leaves a line in the log of PHP.
     *
     * @return bool
     */
    public static function logs(): bool {
        return (bool) get_config('local_mzi', 'debuglog');
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
}
