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
 * One learning outcome of a graded attempt.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outcome {
    /** Code of a criterion of BTEC: P1, M2, D3. */
    private const CODE = '/\b[PMD]\d{1,2}\b/';

    /** Most characters of a code that is taken from a name. */
    private const CODE_LENGTH = 20;

    /** Most characters of a title. */
    private const TITLE_LENGTH = 255;

    /**
     * Use of().
     *
     * @param array $values
     */
    private function __construct(
        /** @var array as an envelope has it */
        public readonly array $values,
    ) {
    }

    /**
     * A criterion, and what was filled in for it.
     *
     * @param string $name HTML or text
     * @param string $description HTML or text; a code is looked for here if the name has none
     * @param string $definition HTML or text: what was asked for, or of a rubric what was reached
     * @param string $points
     * @param string $worst the fewest points possible
     * @param string $best the most points possible
     * @param string|null $remark HTML or text
     * @return self
     */
    public static function of(
        string $name,
        string $description,
        string $definition,
        string $points,
        string $worst,
        string $best,
        ?string $remark
    ): self {
        $title = (string) plain_text::of($name);
        $code = self::code($title, (string) plain_text::of($description));
        return new self([
            'code' => $code,
            'identification' => $code,
            'title' => \core_text::substr($title, 0, self::TITLE_LENGTH),
            'definition' => plain_text::of($definition),
            'score' => self::word((float) $points, (float) $worst, (float) $best),
            'points' => $points,
            'maxpoints' => $best,
            'feedback' => plain_text::of($remark),
        ]);
    }

    /**
     * The code of a criterion.
     *
     * @param string $name
     * @param string $description
     * @return string
     */
    private static function code(string $name, string $description): string {
        foreach ([$name, $description] as $text) {
            if (preg_match(self::CODE, $text, $found)) {
                return $found[0];
            }
        }
        return \core_text::substr($name, 0, self::CODE_LENGTH);
    }

    /**
     * The CRM's word for what was reached.
     *
     * @param float $points
     * @param float $worst
     * @param float $best
     * @return string
     */
    private static function word(float $points, float $worst, float $best): string {
        return match (true) {
            $points >= $best => 'Achieved',
            $points <= $worst => 'Not Achieved',
            default => 'Partially Achieved',
        };
    }
}
