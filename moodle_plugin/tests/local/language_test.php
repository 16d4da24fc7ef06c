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
 * The language packs.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @coversNothing
 */
final class language_test extends \basic_testcase {
    /**
     * The strings of a pack.
     *
     * @param string $language
     * @return string[]
     */
    private static function strings(string $language): array {
        global $CFG;
        $string = [];
        include($CFG->dirroot . "/local/mzi/lang/$language/local_mzi.php");
        return $string;
    }

    public function test_english_and_arabic_have_the_same_strings_with_the_same_placeholders(): void {
        $english = self::strings('en');
        $arabic = self::strings('ar');
        $placeholders = function (string $text): array {
            preg_match_all('/\{\$a(?:->\w+)?\}|<[^>]+>|--[a-z-]+/', $text, $found);
            $unique = array_unique($found[0]);
            sort($unique);
            return $unique;
        };

        $this->assertSame(array_keys($english), array_keys($arabic));
        $this->assertSame(array_map($placeholders, $english), array_map($placeholders, $arabic));
        foreach ($arabic as $key => $text) {
            $this->assertMatchesRegularExpression('/\p{Arabic}/u', $text, $key);
        }
    }

    public function test_every_fault_code_has_a_message(): void {
        $english = self::strings('en');
        foreach (fault_code::cases() as $code) {
            $this->assertArrayHasKey("fault_{$code->value}", $english);
        }
    }
}
