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
 * Grades of BTEC units. A letter is never a number: points exist only where an administrator sets them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum grade_letter: string {
    /** Distinction. */
    case DISTINCTION = 'D';
    /** Merit. */
    case MERIT = 'M';
    /** Pass. */
    case PASS = 'P';
    /** Recognised from earlier learning. */
    case MAPPED = 'Mapped';
    /** Refer: another attempt is possible. */
    case REFER = 'R';
    /** Refer again, after a second attempt. */
    case SECOND_REFER = 'RR';
    /** Fail. */
    case FAIL = 'F';

    /** What may stand in a setting with points: nothing, or a number with at most two decimals. */
    public const POINTS = '/^(\d{1,3}(\.\d{1,2})?)?\z/';

    /**
     * The grade that the CRM means, by its letter or its English word.
     *
     * @param string|null $text
     * @return self|null null for no grade, and for one that is none of these
     */
    public static function of(?string $text): ?self {
        $wanted = \core_text::strtolower(trim($text ?? ''));
        foreach (self::cases() as $letter) {
            if (in_array($wanted, [strtolower($letter->value), $letter->word()], true)) {
                return $letter;
            }
        }
        return null;
    }

    /**
     * Whether the unit is achieved.
     *
     * @return bool
     */
    public function is_achieved(): bool {
        return in_array($this, [self::DISTINCTION, self::MERIT, self::PASS, self::MAPPED], true);
    }

    /**
     * The letter under which a unit is counted: whoever was referred twice is referred.
     *
     * @return self
     */
    public function counted_as(): self {
        return $this === self::SECOND_REFER ? self::REFER : $this;
    }

    /**
     * Its place among all letters, the best first.
     *
     * @return int
     */
    public function rank(): int {
        return array_search($this, self::cases(), true);
    }

    /**
     * Its name.
     *
     * @return string
     */
    public function title(): string {
        return get_string("grades_letter_{$this->key()}", 'local_mzi');
    }

    /**
     * The letter as names of settings and strings end.
     *
     * @return string
     */
    public function key(): string {
        return strtolower($this->value);
    }

    /**
     * The setting with its points.
     *
     * @return string
     */
    public function setting(): string {
        return "gradepoints_{$this->key()}";
    }

    /**
     * Its points.
     *
     * @return int|null hundredths; null as long as the administrator has set none
     */
    public function points(): ?int {
        $points = trim((string) get_config('local_mzi', $this->setting()));
        return $points === '' || !preg_match(self::POINTS, $points) ? null : decimal::hundredths($points);
    }

    /**
     * The word that some picklists hold instead of the letter.
     *
     * @return string
     */
    private function word(): string {
        return strtolower(strtr($this->name, '_', ' '));
    }
}
