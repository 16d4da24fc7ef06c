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

use local_mzi\local\card;

/**
 * A student card as a PDF for a card printer: two pages of the size CR80 (ISO/IEC 7810 ID-1), front and back, in the
 * current user's language. In a language that is read from right to left the card is mirrored.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_pdf {
    /** Width in millimetres. */
    public const WIDTH = 85.60;

    /** Height in millimetres. */
    public const HEIGHT = 53.98;

    /** Colour of the band, as red, green and blue. White letters on it have a contrast of 8. */
    private const BAND = [11, 79, 148];

    /** Colour of what is not important. */
    private const QUIET = [84, 93, 102];

    /** Height of the band. */
    private const BAND_HEIGHT = 11;

    /** Distance from the edge. */
    private const EDGE = 4;

    /** Width and height of the picture. */
    private const PHOTO = [24, 30];

    /** Side of the QR code with its margin. */
    private const CODE = 30;

    /**
     * Constructor.
     *
     * @param card $card
     */
    public function __construct(
        /** @var card what is printed */
        private readonly card $card,
    ) {
    }

    /**
     * A name for the file that is safe on every system and says nothing about the person.
     *
     * @return string
     */
    public function filename(): string {
        return "student-card-{$this->card->student->id}.pdf";
    }

    /**
     * The document.
     *
     * @return string bytes
     */
    public function bytes(): string {
        global $CFG;
        require_once($CFG->libdir . '/pdflib.php');
        $pdf = $this->document();
        $text = new pdf_text($pdf);
        $pdf->AddPage();
        $this->front($pdf, $text);
        $pdf->AddPage();
        $this->back($pdf, $text);
        return $pdf->Output('', 'S');
    }

    /**
     * An empty document of the card's size.
     *
     * @return \pdf
     */
    private function document(): \pdf {
        $pdf = new \pdf('L', 'mm', [self::WIDTH, self::HEIGHT]);
        $pdf->SetTitle(get_string('card_title', 'local_mzi'));
        $pdf->SetAuthor(self::school());
        $pdf->SetCreator('');
        $pdf->setPrintHeader(false);
        $pdf->setPrintFooter(false);
        $pdf->SetMargins(0, 0, 0);
        $pdf->SetCellPadding(0);
        $pdf->SetAutoPageBreak(false);
        $pdf->setRTL(right_to_left(), false);
        return $pdf;
    }

    /**
     * The front: school, picture, and who it is.
     *
     * @param \pdf $pdf
     * @param pdf_text $text
     */
    private function front(\pdf $pdf, pdf_text $text): void {
        $this->band($pdf, $text);
        $top = self::BAND_HEIGHT + 4;
        $this->photo($pdf, $text, $top);
        $student = $this->card->student;
        $x = self::EDGE + self::PHOTO[0] + 4;
        $width = self::WIDTH - $x - self::EDGE;
        $name = $text->can_draw($student->displayname) ? $student->displayname : (string) $student->number;
        $text->write($name, [$x, $top, $width, 10], 12, 'B');
        $text->write($student->program, [$x, $top + 10.5, $width, 7], 8);
        foreach (self::facts($this->card) as $line => [$label, $value]) {
            $y = $top + 18.5 + 6 * $line;
            $pdf->SetTextColorArray(self::QUIET);
            $text->write($label, [$x, $y, 22, 5], 7);
            $pdf->SetTextColor(0);
            $text->write($value, [$x + 23, $y, $width - 23, 5], 8, 'B');
        }
    }

    /**
     * The back: the code, and what to do with it.
     *
     * @param \pdf $pdf
     * @param pdf_text $text
     */
    private function back(\pdf $pdf, pdf_text $text): void {
        $top = (self::HEIGHT - self::CODE) / 2;
        $style = ['border' => false, 'padding' => 'auto', 'fgcolor' => [0, 0, 0], 'bgcolor' => [255, 255, 255]];
        $url = $this->card->url->out(false);
        $pdf->write2DBarcode($url, qr_image::TYPE, self::edge($pdf), $top, self::CODE, self::CODE, $style, 'N');
        $x = self::EDGE + self::CODE + 3;
        $width = self::WIDTH - $x - self::EDGE;
        $pdf->SetTextColor(0);
        $text->write(get_string('card_scan', 'local_mzi'), [$x, $top + 1, $width, 10], 8, 'B');
        $pdf->SetTextColorArray(self::QUIET);
        $text->write(get_string('card_found', 'local_mzi'), [$x, $top + 12, $width, 5], 7);
        $text->write(self::school(), [$x, $top + 17, $width, 7], 7, 'B');
        $text->write(parse_url($url, PHP_URL_HOST), [$x, $top + 25, $width, 4], 7);
    }

    /**
     * The coloured band with the name of the school.
     *
     * @param \pdf $pdf
     * @param pdf_text $text
     */
    private function band(\pdf $pdf, pdf_text $text): void {
        $pdf->Rect(0, 0, self::WIDTH, self::BAND_HEIGHT, 'F', [], self::BAND);
        $pdf->SetTextColor(255);
        $text->write(self::school(), [self::EDGE, 1, 50, self::BAND_HEIGHT - 2], 10, 'B');
        $title = get_string('card_title', 'local_mzi');
        $text->write($title, [self::WIDTH - self::EDGE - 24, 1, 24, self::BAND_HEIGHT - 2], 8, '', 'E');
        $pdf->SetTextColor(0);
    }

    /**
     * The picture, or an empty frame.
     *
     * @param \pdf $pdf
     * @param pdf_text $text
     * @param float $top
     */
    private function photo(\pdf $pdf, pdf_text $text, float $top): void {
        [$width, $height] = self::PHOTO;
        if ($this->card->photo) {
            $pdf->Image('@' . $this->card->photo->get_content(), self::edge($pdf), $top, $width, $height, fitbox: 'CM');
            return;
        }
        $x = $pdf->getRTL() ? self::WIDTH - self::EDGE - $width : self::EDGE;
        $pdf->Rect($x, $top, $width, $height, 'D', ['all' => ['width' => 0.2, 'color' => self::QUIET]]);
        $pdf->SetTextColorArray(self::QUIET);
        $text->write(get_string('card_nophoto', 'local_mzi'), [self::EDGE + 2, $top + 10, $width - 4, 10], 7, '', 'C');
        $pdf->SetTextColor(0);
    }

    /**
     * Where a picture begins as TCPDF counts: pictures keep the place they are given, on a mirrored card by their right side.
     *
     * @param \pdf $pdf
     * @return float
     */
    private static function edge(\pdf $pdf): float {
        return $pdf->getRTL() ? self::WIDTH - self::EDGE : self::EDGE;
    }

    /**
     * What stands on a card beside the name.
     *
     * @param card $card
     * @return array<int, array{0: string, 1: string|null}> pairs of label and value
     */
    public static function facts(card $card): array {
        return [
            [get_string('field_student_id', 'local_mzi'), $card->student->number],
            [get_string('card_expires', 'local_mzi'), format::date($card->claim->expires)],
        ];
    }

    /**
     * The name of the school.
     *
     * @return string plain text
     */
    public static function school(): string {
        global $SITE;
        return html_to_text(format_string($SITE->fullname), 0, false);
    }
}
