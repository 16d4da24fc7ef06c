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

namespace local_mzi\output\admin;

use core\output\named_templatable;
use local_mzi\local\changed_setting;
use local_mzi\local\page\admin_page;

/**
 * Settings that are not what they were at first.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class reset implements \renderable, named_templatable {
    /** Most characters of a value that are shown. */
    private const LENGTH = 120;

    /**
     * Constructor.
     *
     * @param changed_setting[] $settings
     * @param bool $asks whether these are chosen and only the last word is missing
     */
    public function __construct(
        /** @var changed_setting[] settings that differ */
        private readonly array $settings,
        /** @var bool whether these are chosen and only the last word is missing */
        private readonly bool $asks,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_reset';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'action' => admin_page::url('reset')->out(false),
            'sesskey' => sesskey(),
            'asks' => $this->asks,
            'settings' => array_values(array_map(fn(changed_setting $setting) => [
                'name' => $setting->name,
                'title' => $setting->title,
                'page' => $setting->page,
                'secret' => $setting->value === null,
                'value' => self::short($setting->value),
                'novalue' => $setting->value === '',
                'default' => self::short($setting->default),
                'nodefault' => $setting->default === '',
            ], $this->settings)),
        ];
    }

    /**
     * A value, shortened.
     *
     * @param string|null $value
     * @return string
     */
    private static function short(?string $value): string {
        $value = (string) $value;
        $short = \core_text::substr($value, 0, self::LENGTH);
        return $short === $value ? $value : "$short…";
    }
}
