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
 * The settings of events for the bridge.
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

    /** How often an event is tried at least, before it has failed. */
    public const DEFAULT_TRIES = 12;

    /** For how many days it is tried at least. */
    public const DEFAULT_DAYS = 3;

    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        $page->add(new secret_setting(secret::EVENT_KEY));
        $page->add(new secret_setting(secret::EVENT_KEY_PREVIOUS));
        foreach (event_type::observed() as $type) {
            $page->add(new \admin_setting_configcheckbox(
                "local_mzi/{$type->setting()}",
                new \lang_string("setting_event_{$type->value}", 'local_mzi'),
                new \lang_string('setting_event_desc', 'local_mzi'),
                1
            ));
        }
        $page->add(setting_text::line('outboxtries', self::DEFAULT_TRIES, '/^[1-9]\d{0,2}$/'));
        $page->add(setting_text::line('outboxdays', self::DEFAULT_DAYS, '/^(0|[1-9]\d?)$/'));
        $page->add(setting_text::line('outboxretention', self::DEFAULT_RETENTION, '/^\d{1,5}$/'));
        $page->add(setting_text::line('outboxlagminutes', self::DEFAULT_LAG, '/^[1-9]\d{0,4}$/'));
        $page->add(setting_text::line('outboxfailures', self::DEFAULT_FAILURES, '/^[1-9]\d{0,5}$/'));
    }

    /**
     * Days that events are kept.
     *
     * @return int 0 for all
     */
    public static function retention(): int {
        return bridge_settings::number('outboxretention', self::DEFAULT_RETENTION);
    }

    /**
     * Minutes after which an event that waits is trouble.
     *
     * @return int
     */
    public static function lag(): int {
        return bridge_settings::number('outboxlagminutes', self::DEFAULT_LAG);
    }

    /**
     * Failed events that are trouble.
     *
     * @return int
     */
    public static function failures(): int {
        return bridge_settings::number('outboxfailures', self::DEFAULT_FAILURES);
    }

    /**
     * How often an event is tried at least, before it has failed.
     *
     * @return int
     */
    public static function tries(): int {
        return bridge_settings::number('outboxtries', self::DEFAULT_TRIES);
    }

    /**
     * For how long it is tried at least.
     *
     * @return int seconds
     */
    public static function patience(): int {
        return bridge_settings::number('outboxdays', self::DEFAULT_DAYS) * DAYSECS;
    }
}
