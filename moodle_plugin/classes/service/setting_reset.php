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

use local_mzi\event\settings_reset;
use local_mzi\local\changed_setting;
use local_mzi\local\secret;
use local_mzi\local\secret_setting;

/**
 * Finds settings of the plugin that are not what they were at first, and sets them back.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setting_reset {
    /** Pages of settings. */
    public const PAGES = ['local_mzi', 'local_mzi_outbox', 'local_mzi_pages', 'local_mzi_enrolment'];

    /**
     * The settings that differ from their default, of the pages that the user may change.
     *
     * @return array<string, changed_setting> by name
     */
    public function changed(): array {
        $changed = [];
        foreach ($this->settings() as $name => [$setting, $page]) {
            $value = self::comparable($setting->get_setting());
            $default = self::comparable($setting->get_defaultsetting());
            if ($value !== null && $value !== $default) {
                $hidden = $setting instanceof secret_setting;
                $changed[$name] = new changed_setting(
                    $name,
                    (string) $setting->visiblename,
                    $page,
                    $hidden ? null : $value,
                    (string) $default
                );
            }
        }
        return $changed;
    }

    /**
     * Sets settings back. Those that are as they were at first, or not for this user, are left out.
     *
     * @param string[] $names
     * @return int how many were set back
     */
    public function reset(array $names): int {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $settings = $this->settings();
        $done = [];
        foreach (array_keys(array_intersect_key($this->changed(), array_flip($names))) as $name) {
            [$setting] = $settings[$name];
            if ($setting->write_setting($setting->get_defaultsetting()) === '') {
                $done[] = $name;
            }
        }
        if ($done) {
            settings_reset::of($done)->trigger();
        }
        return count($done);
    }

    /**
     * The settings of the pages that the user may change.
     *
     * @return array<string, array> the setting and the title of its page, by name
     */
    private function settings(): array {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $found = [];
        foreach (self::PAGES as $page) {
            $page = admin_get_root(false, true)->locate($page);
            if ($page instanceof \admin_settingpage && $page->check_access()) {
                foreach ($page->settings as $setting) {
                    $found[$setting->name] = [$setting, (string) $page->visiblename];
                }
            }
        }
        return $found;
    }

    /**
     * A value as one text, so that two can be compared and shown.
     *
     * @param mixed $value
     * @return string|null null for none
     */
    private static function comparable(mixed $value): ?string {
        if (!is_array($value)) {
            return $value === null ? null : str_replace("\r\n", "\n", (string) $value);
        }
        $chosen = array_keys(array_filter($value));
        sort($chosen);
        return implode(', ', $chosen);
    }
}
