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

namespace local_mzi\output;

/**
 * Makes texts of any script ready for a PDF, in a font of Moodle's that has the letters, and writes them into boxes.
 *
 * TCPDF finds the direction of a text itself and joins Arabic letters; what steers the direction, and characters that
 * no font here has, such as emoji, would be drawn as empty boxes and are left out.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class pdf_text {
    /** The family that has Arabic letters in all their shapes. */
    public const ARABIC = 'freeserif';

    /** Families, the preferred one first. */
    private const FONTS = ['freesans', self::ARABIC];

    /** Control characters and marks that are no letters. */
    private const INVISIBLE = '/[\p{C}\p{Co}\x{FE00}-\x{FE0F}]+/u';

    /** Letters that run from right to left. */
    private const RIGHT_TO_LEFT = '\p{Arabic}\p{Hebrew}';

    /** Letters that run from left to right, and numbers. */
    private const LEFT_TO_RIGHT = '\p{Latin}\p{N}';

    /** What keeps its order: a number, a word, or any other character. */
    private const PARTS = '/\p{N}+(?:[.,:\/-]\p{N}+)*|[\p{L}\p{M}\p{N}]+|./u';

    /** What is drawn the other way round. */
    private const MIRRORED = ['(' => ')', ')' => '(', '[' => ']', ']' => '[', '<' => '>', '>' => '<', ' ' => "\u{00A0}"];

    /** The zero-width non-joiner. */
    private const NOT_JOINED = "\u{200C}";

    /** Characters of which a text in a box has no more; a longer one ends with three dots. */
    private const LONGEST = 90;

    /**
     * Constructor.
     *
     * @param \pdf $pdf
     * @param string[] $fonts families, the preferred one first
     */
    public function __construct(
        /** @var \pdf the document */
        private readonly \pdf $pdf,
        /** @var string[] families, the preferred one first */
        private readonly array $fonts = self::FONTS,
    ) {
    }

    /**
     * Writes a text into a box; a text too long for it gets smaller letters.
     *
     * @param string|null $text
     * @param float[] $box distance from the side where reading begins, from the top, width and height, in millimetres
     * @param float $size of the letters, in points
     * @param string $style '' or 'B' for bold
     * @param string $align S where reading begins, E where it ends, C centred
     */
    public function write(?string $text, array $box, float $size, string $style = '', string $align = 'S'): void {
        $text = $this->prepared(self::shortened(self::cleaned((string) $text)), $size, $style);
        if ($text === '') {
            return;
        }
        [$x, $y, $width, $height] = $box;
        $side = $align === 'C' ? 'C' : (($align === 'E') !== $this->pdf->getRTL() ? 'R' : 'L');
        $this->pdf->MultiCell($width, $height, $text, 0, $side, false, 1, $x, $y, true, 0, false, true, $height, 'M', true);
    }

    /**
     * Sets the font for a text, and answers what of it TCPDF is to draw.
     *
     * @param string $text
     * @param float $size of the letters, in points
     * @param string $style '' or 'B' for bold
     * @return string
     */
    public function prepared(string $text, float $size, string $style = ''): string {
        $text = self::cleaned($text);
        $this->pdf->SetFont($this->font($text, $style), $style, $size);
        return self::with_words_apart(self::for_mixed_directions($this->drawable($text)));
    }

    /**
     * Whether anything of a text can be drawn.
     *
     * @param string $text
     * @return bool
     */
    public function can_draw(string $text): bool {
        $text = self::cleaned($text);
        $this->pdf->SetFont($this->font($text, ''), '', 8);
        return $this->drawable($text) !== '';
    }

    /**
     * A text on one line, without what is not seen; no-break spaces stay.
     *
     * @param string $text
     * @return string
     */
    public static function cleaned(string $text): string {
        return trim(preg_replace('/[^\S\x{A0}]+/u', ' ', preg_replace(self::INVISIBLE, ' ', fix_utf8($text))));
    }

    /**
     * A text that is not too long.
     *
     * @param string $text
     * @return string
     */
    private static function shortened(string $text): string {
        return \core_text::strlen($text) > self::LONGEST ? \core_text::substr($text, 0, self::LONGEST - 1) . '…' : $text;
    }

    /**
     * A text in which words of both directions stand in the right order.
     *
     * TCPDF gives blanks and signs the direction of the whole text, which its first letter decides, so words that run
     * the other way would be drawn in the wrong order. Here they are handed over the other way round.
     *
     * @param string $text
     * @return string
     */
    private static function for_mixed_directions(string $text): string {
        if (!preg_match('/\p{L}/u', $text, $first)) {
            return $text;
        }
        $others = preg_match('/[' . self::RIGHT_TO_LEFT . ']/u', $first[0])
            ? self::run(self::LEFT_TO_RIGHT, self::RIGHT_TO_LEFT)
            : self::run(self::RIGHT_TO_LEFT, self::LEFT_TO_RIGHT);
        return preg_replace_callback($others, function (array $words): string {
            preg_match_all(self::PARTS, $words[0], $parts);
            $turned = array_map(fn(string $part) => self::MIRRORED[$part] ?? $part, array_reverse($parts[0]));
            return implode('', $turned);
        }, $text);
    }

    /**
     * An expression for words of one direction, with all that stands between them, and brackets that open among them.
     *
     * @param string $letters of these words
     * @param string $others of the other direction
     * @return string
     */
    private static function run(string $letters, string $others): string {
        $bracket = "\\([^$others()]*\\)";
        return "/[$letters](?:(?:[^$others()]|$bracket)*(?:[$letters]|$bracket))?\\p{M}*/u";
    }

    /**
     * A text in which no letter takes its shape from one behind a sign; TCPDF only sees that a common blank ends a word.
     *
     * @param string $text
     * @return string
     */
    private static function with_words_apart(string $text): string {
        return preg_replace('/(?<=\p{Arabic})(?=[^\p{L}\p{M} ])/u', self::NOT_JOINED, $text);
    }

    /**
     * The first font that has all letters of a text, else the one that has the most. What is tried is embedded.
     *
     * @param string $text
     * @param string $style
     * @return string
     */
    private function font(string $text, string $style): string {
        $missing = [];
        foreach ($this->fonts as $font) {
            $this->pdf->SetFont($font, $style);
            $missing[$font] = count(array_filter(mb_str_split($text), fn(string $char) => !$this->pdf->isCharDefined($char)));
            if (!$missing[$font]) {
                break;
            }
        }
        return array_search(min($missing), $missing);
    }

    /**
     * What the current font can draw of a text.
     *
     * @param string $text
     * @return string
     */
    private function drawable(string $text): string {
        $chars = array_filter(mb_str_split($text), fn(string $char) => $this->pdf->isCharDefined($char));
        return trim(preg_replace('/\s+/u', ' ', implode('', $chars)));
    }
}
