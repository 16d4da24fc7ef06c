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
 * Words of the CRM, such as statuses, in the language of the page. Rules always compare the CRM's own word.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class crm_word {
    /** The words of which the language packs have a translation, each under the name that string_name() gives. */
    public const KNOWN = [
        ...['Active', 'Pending', 'Frozen', 'Graduated', 'Withdrawn', 'Dismissed', 'Transferred'],
        ...['Completed', 'Cancelled', 'On Hold', 'Confirmed', 'Declined', 'Approved', 'Rejected'],
        ...['Cash', 'Bank Transfer', 'Credit Card', 'Cheque', 'Online'],
        ...['Installment', 'Registration Fee', 'Deposit', 'Resit Fee', 'Student Card'],
        ...['On Campus', 'Blended', 'Male', 'Female', 'English', 'Arabic'],
        ...['Initial Evaluation', 'Final Evaluation', 'Waiting Submission', 'Waiting Resubmission', 'End'],
        ...['Normal', 'Recording', 'Self-Study', 'Not Graded'],
        ...['Not Marked', 'In Marking', 'Marking completed', 'In review', 'Ready for release', 'Released'],
        ...['Achieved', 'Not Achieved', 'Partially Achieved'],
    ];

    /** A line of the setting: the language, the CRM's word, and the text. */
    private const LINE = '/^([a-z]{2,3}(?:_[a-z]+)*)\s*:\s*([^=]*[^=\s])\s*=\s*(\S.*)$/u';

    /** @var array<string, int>|null the known words in lower case; a page asks for hundreds of words */
    private static ?array $known = null;

    /** @var array<string, array<string, array<string, string>>> what parse() made of the setting, by its text */
    private static array $parsed = [];

    /**
     * A word as a page shows it: as the office translated it, else as the language pack does, else as the CRM has it.
     *
     * @param string|null $word
     * @return string empty for no word
     */
    public static function shown(?string $word): string {
        $word = trim((string) $word);
        $spelling = \core_text::strtolower($word);
        $own = self::own();
        $language = current_language();
        foreach ([$language, explode('_', $language)[0]] as $code) {
            if (isset($own[$code][$spelling])) {
                return $own[$code][$spelling];
            }
        }
        self::$known ??= array_flip(array_map(\core_text::strtolower(...), self::KNOWN));
        return isset(self::$known[$spelling]) ? get_string(self::string_name($word), 'local_mzi') : $word;
    }

    /**
     * The name of a known word's string.
     *
     * @param string $word
     * @return string
     */
    public static function string_name(string $word): string {
        return 'word_' . preg_replace('/[^a-z0-9]+/', '_', strtolower($word));
    }

    /**
     * The office's own translations, as they stand now.
     *
     * @return array<string, array<string, string>> texts by language and lower-case word
     */
    private static function own(): array {
        $lines = (string) get_config('local_mzi', 'crmwords');
        return self::$parsed[$lines] ??= self::parse($lines) ?? [];
    }

    /**
     * The office's own translations.
     *
     * @param string $lines one a line: "ar: On leave = في إجازة"
     * @return array<string, array<string, string>>|null texts by language and lower-case word; null if a line is none of these
     */
    public static function parse(string $lines): ?array {
        $texts = [];
        foreach (preg_split('/\R/u', $lines) as $line) {
            $line = trim($line);
            if ($line === '') {
                continue;
            }
            if (!preg_match(self::LINE, $line, $parts)) {
                return null;
            }
            $texts[$parts[1]][\core_text::strtolower($parts[2])] = $parts[3];
        }
        return $texts;
    }
}
