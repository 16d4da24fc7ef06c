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
 * Text without markup, as the CRM takes it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class plain_text {
    /** Most characters that are told. */
    public const MAX_LENGTH = 32000;

    /**
     * What somebody who reads HTML sees.
     *
     * @param string|null $html HTML, or text without markup
     * @return string|null null for nothing
     */
    public static function of(?string $html): ?string {
        global $CFG;
        require_once($CFG->libdir . '/weblib.php');
        $html = trim((string) $html);
        $text = strpbrk($html, '<&') === false ? $html : trim(html_to_text(self::quiet($html), 0, false));
        return $text === '' ? null : \core_text::substr($text, 0, self::MAX_LENGTH);
    }

    /**
     * Without what Moodle would show by capital letters and underscores.
     *
     * @param string $html
     * @return string
     */
    private static function quiet(string $html): string {
        $html = preg_replace('~</?(b|strong|i|em)(\s[^>]*)?>~i', '', $html);
        return preg_replace(['~<(/?)h[1-6](\s[^>]*)?>~i', '~<(/?)th(\s[^>]*)?>~i'], ['<$1p>', '<$1td>'], $html);
    }
}
