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
 * Words of the CRM in the language of the page.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\crm_word
 * @covers     \local_mzi\local\crm_words_setting
 */
final class crm_word_test extends \advanced_testcase {
    public function test_a_known_word_has_the_text_of_the_language_pack_and_any_other_stays(): void {
        $this->resetAfterTest();
        $this->assertSame('On Hold', crm_word::shown(' on hold '));
        $this->assertSame('Self-Study', crm_word::shown('SELF-STUDY'));
        $this->assertSame('On <b>leave</b>', crm_word::shown('On <b>leave</b>'));
        $this->assertSame('on-hold', crm_word::shown('on-hold'));
        $this->assertSame('', crm_word::shown(null));
        $this->assertSame('', crm_word::shown(' '));
    }

    public function test_the_offices_own_text_wins_in_its_language_only(): void {
        $this->resetAfterTest();
        set_config('crmwords', "en: On leave = Away = for now\r\n\n  en : active=Studying \nar: Frozen = مجمد", 'local_mzi');
        $this->assertSame('Away = for now', crm_word::shown('ON LEAVE'));
        $this->assertSame('Studying', crm_word::shown('Active'));
        $this->assertSame('Frozen', crm_word::shown('Frozen'));
    }

    public function test_a_line_that_says_nothing_is_refused(): void {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $setting = new crm_words_setting();
        $this->assertTrue($setting->validate("\nar: On leave = في إجازة\n"));
        $this->assertTrue($setting->validate(''));
        foreach (['On leave = Away', 'ar: On leave', 'ar: = Away', 'ar: On leave = ', "en: A = B\nnonsense"] as $lines) {
            $this->assertSame(get_string('crmwords_invalid', 'local_mzi'), $setting->validate($lines), $lines);
        }
    }
}
