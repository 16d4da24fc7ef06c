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
 * Words that an administrator listed in a setting, with commas or line ends between them.
 *
 * Compared without regard to case and to blanks around them: picklists of the CRM are typed by hand.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class word_list {
    /** @var string[] folded words */
    private readonly array $words;

    /**
     * Constructor.
     *
     * @param string $text
     */
    public function __construct(string $text) {
        $words = array_map(self::fold(...), preg_split('/[,،\r\n]+/u', $text) ?: []);
        $this->words = array_values(array_filter($words, fn(string $word) => $word !== ''));
    }

    /**
     * The list of a setting of this plugin.
     *
     * @param string $setting
     * @param string $default the list as long as the setting was never saved
     * @return self
     */
    public static function of_setting(string $setting, string $default): self {
        $text = get_config('local_mzi', $setting);
        return new self($text === false ? $default : $text);
    }

    /**
     * Whether a word is in the list.
     *
     * @param string|null $word
     * @return bool
     */
    public function has(?string $word): bool {
        return in_array(self::fold($word ?? ''), $this->words, true);
    }

    /**
     * Whether nothing is in the list.
     *
     * @return bool
     */
    public function is_empty(): bool {
        return !$this->words;
    }

    /**
     * A word as it is compared.
     *
     * @param string $word
     * @return string
     */
    private static function fold(string $word): string {
        return \core_text::strtolower(trim($word));
    }
}
