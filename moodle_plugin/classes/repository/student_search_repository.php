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

namespace local_mzi\repository;

use local_mzi\local\student;

/**
 * Finds living students by words that may stand anywhere in name, number or e-mail address.
 *
 * Case does not matter, nor do accents, nor the Arabic spellings that people mix: alef with or without hamza, yeh and
 * alef maksura, teh marbuta and heh. MariaDB's collation knows accents, PostgreSQL can take all marks away.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_search_repository {
    /** Names, in which accents and spellings do not matter. */
    private const NAMES = ['display_name', 'first_name', 'last_name'];

    /** What else is looked through. */
    private const OTHERS = ['student_id', 'academic_email'];

    /** Letters that are looked for as others. */
    private const LETTERS = ['ى' => 'ي', 'ة' => 'ه', 'ٱ' => 'ا'];

    /** Letters with a mark that no collation sees as one. */
    private const MARKED = ['أ' => 'ا', 'إ' => 'ا', 'آ' => 'ا', 'ؤ' => 'و', 'ئ' => 'ي'];

    /** What marks a letter: accents, Arabic vowels and hamza, and the tatweel that only stretches a word. */
    private const MARKS = '[\u0300-\u036F\u0610-\u061A\u0640\u064B-\u065F\u0670]';

    /** Digits of Arabic keyboards; numbers and addresses are written with others. */
    private const DIGITS = ['٠' => '0', '١' => '1', '٢' => '2', '٣' => '3', '٤' => '4',
        '٥' => '5', '٦' => '6', '٧' => '7', '٨' => '8', '٩' => '9'];

    /** Columns of the value object. */
    private const VALUES = 's.id, s.zoho_student_id, s.moodle_user_id, s.student_id, s.first_name, s.last_name,
                            s.display_name, s.academic_email, s.status, s.program_name';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    /**
     * How many students there are whom all words fit.
     *
     * @param string[] $words
     * @return int
     */
    public function count(array $words): int {
        [$where, $parameters] = $this->condition($words);
        return $this->db->count_records_sql("SELECT COUNT(s.id) FROM {local_mzi_students} s WHERE $where", $parameters);
    }

    /**
     * Students whom all words fit, by name, and how many there are in all; one statement for both.
     *
     * @param string[] $words
     * @param int $offset how many to leave out
     * @param int $limit
     * @return array{0: student[], 1: int} the number is 0 if none is left behind the offset
     */
    public function find(array $words, int $offset, int $limit): array {
        [$where, $parameters] = $this->condition($words);
        $rows = $this->db->get_records_sql(
            'SELECT ' . self::VALUES . ", COUNT(s.id) OVER () AS total
               FROM {local_mzi_students} s
              WHERE $where
           ORDER BY COALESCE(NULLIF(s.display_name, ''), {$this->joined(['first_name', 'last_name'])}), s.id",
            $parameters,
            $offset,
            $limit
        );
        return [array_map(student::from_row(...), array_values($rows)), (int) (reset($rows)->total ?? 0)];
    }

    /**
     * The condition that all words are found.
     *
     * @param string[] $words
     * @return array{0: string, 1: array<string, string>} SQL and its parameters
     */
    private function condition(array $words): array {
        $conditions = ['s.deleted_at IS NULL'];
        $parameters = [];
        foreach (array_values($words) as $number => $word) {
            $conditions[] = $this->db->sql_like($this->searched(), ":word$number", false, false);
            // Moodle escapes the wildcards, but not the character that escapes them.
            $word = str_replace('\\', '\\\\', $this->folded($word));
            $parameters["word$number"] = '%' . $this->db->sql_like_escape($word) . '%';
        }
        return [implode(' AND ', $conditions), $parameters];
    }

    /**
     * What is searched of a student, as one text.
     *
     * @return string SQL
     */
    private function searched(): string {
        $names = $this->joined(self::NAMES);
        if ($this->can_decompose()) {
            $names = "REGEXP_REPLACE(NORMALIZE($names, NFKD), '" . self::MARKS . "', '', 'g')";
        }
        foreach ($this->letters() as $letter => $other) {
            $names = "REPLACE($names, '$letter', '$other')";
        }
        return $this->db->sql_concat($names, "' '", $this->joined(self::OTHERS));
    }

    /**
     * Columns as one text, with blanks between them.
     *
     * @param string[] $columns
     * @return string SQL
     */
    private function joined(array $columns): string {
        return $this->db->sql_concat_join("' '", array_map(fn(string $column) => "COALESCE(s.$column, '')", $columns));
    }

    /**
     * A word as searched() would have it.
     *
     * @param string $word
     * @return string
     */
    private function folded(string $word): string {
        $word = strtr($word, self::DIGITS);
        if ($this->can_decompose()) {
            $marks = '/' . preg_replace('/\\\\u(\w{4})/', '\\x{$1}', self::MARKS) . '/u';
            $word = preg_replace($marks, '', \Normalizer::normalize($word, \Normalizer::FORM_KD));
        }
        return strtr($word, $this->letters());
    }

    /**
     * Letters that are replaced one by one.
     *
     * @return array<string, string>
     */
    private function letters(): array {
        return $this->can_decompose() ? self::LETTERS : self::LETTERS + self::MARKED;
    }

    /**
     * Whether the database can take letters and their marks apart.
     *
     * @return bool
     */
    private function can_decompose(): bool {
        return $this->db->get_dbfamily() === 'postgres';
    }
}
