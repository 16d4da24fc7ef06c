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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * How a user wants the pages of this plugin to look.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum theme_choice: string {
    /** As the rest of the site. */
    case SITE = 'site';
    /** Dark text on light ground. */
    case LIGHT = 'light';
    /** Light text on dark ground. */
    case DARK = 'dark';

    /** Where Moodle keeps the choice. */
    public const PREFERENCE = 'local_mzi_theme';

    /**
     * What the current user chose.
     *
     * @return self
     */
    public static function current(): self {
        if (!feature::THEMETOGGLE->is_on()) {
            return self::SITE;
        }
        return self::tryFrom((string) get_user_preferences(self::PREFERENCE, '')) ?? self::SITE;
    }

    /**
     * Keeps it as the choice of the current user.
     */
    public function keep(): void {
        set_user_preference(self::PREFERENCE, $this->value);
    }

    /**
     * Its name.
     *
     * @return string
     */
    public function title(): string {
        return get_string("page_theme_{$this->value}", 'local_mzi');
    }

    /**
     * The class of the page's body, empty for the site's own looks.
     *
     * @return string
     */
    public function body_class(): string {
        return $this === self::SITE ? '' : "local-mzi-{$this->value}";
    }
}
