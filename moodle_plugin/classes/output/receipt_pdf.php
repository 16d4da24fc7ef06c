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

use local_mzi\local\crm_word;
use local_mzi\local\finance\account;
use local_mzi\local\student;

/**
 * The receipt of one payment as a PDF of one page, in the current user's language.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class receipt_pdf {
    /** Width of the names of the lines, in millimetres. */
    private const LABELS = 60;

    /**
     * Constructor.
     *
     * @param \stdClass $payment row, with registration_number and program_name
     * @param student $student
     * @param int $now
     */
    public function __construct(
        /** @var \stdClass row of the payment */
        private readonly \stdClass $payment,
        /** @var student who paid */
        private readonly student $student,
        /** @var int when the receipt is made */
        private readonly int $now,
    ) {
    }

    /**
     * A name for the file that is safe on every system and says nothing about the person.
     *
     * @return string
     */
    public function filename(): string {
        $number = trim(preg_replace('/[^A-Za-z0-9]+/', '-', $this->number()), '-');
        return 'receipt-' . ($number === '' ? $this->payment->id : substr($number, 0, 60)) . '.pdf';
    }

    /**
     * The title.
     *
     * @return string
     */
    public function title(): string {
        return $this->is_refund() ? get_string('receipt_title_refund', 'local_mzi') : get_string('receipt_title', 'local_mzi');
    }

    /**
     * What the receipt says, line by line.
     *
     * @return array<int, array{0: string, 1: string}> pairs of name and value; empty values are left out
     */
    public function lines(): array {
        $payment = $this->payment;
        $amount = format::money(ltrim($payment->amount, '-'), account::currency_code($payment->currency));
        [$whom, $howmuch] = $this->is_refund()
            ? [get_string('receipt_student_refund', 'local_mzi'), get_string('receipt_amount_refund', 'local_mzi')]
            : [get_string('receipt_student', 'local_mzi'), get_string('receipt_amount', 'local_mzi')];
        $lines = [
            [get_string('receipt_number', 'local_mzi'), $this->number()],
            [get_string('field_payment_date', 'local_mzi'), format::date($payment->payment_date)],
            [$whom, $this->student->displayname],
            [get_string('field_student_id', 'local_mzi'), (string) $this->student->number],
            [$howmuch, $amount],
            [get_string('field_payment_method', 'local_mzi'), crm_word::shown($payment->payment_method)],
            [get_string('field_payment_type', 'local_mzi'), crm_word::shown($payment->payment_type)],
            [get_string('field_program_name', 'local_mzi'), (string) $payment->program_name],
            [get_string('field_registration_number', 'local_mzi'), (string) $payment->registration_number],
            [get_string('field_installment_number', 'local_mzi'), (string) $payment->installment_number],
            [get_string('field_voucher_number', 'local_mzi'), (string) $payment->voucher_number],
            [get_string('receipt_made', 'local_mzi'), format::time($this->now)],
        ];
        $lines = array_map(fn(array $line) => [$line[0], pdf_text::cleaned($line[1])], $lines);
        return array_values(array_filter($lines, fn(array $line) => $line[1] !== ''));
    }

    /**
     * The file.
     *
     * @return string
     */
    public function bytes(): string {
        $pdf = $this->document();
        // One family for all lines, so that those in Latin letters look no different.
        $text = new pdf_text($pdf, [pdf_text::ARABIC]);
        $this->write_head($pdf, $text);
        foreach ($this->lines() as [$label, $value]) {
            $this->write_line($pdf, $text->prepared($label, 12), $text->prepared($value, 12));
        }
        return $pdf->Output('', 'S');
    }

    /**
     * An empty page.
     *
     * @return \pdf
     */
    private function document(): \pdf {
        global $CFG;
        require_once($CFG->libdir . '/pdflib.php');
        $pdf = new \pdf();
        $pdf->setPrintHeader(false);
        $pdf->setPrintFooter(false);
        $pdf->SetMargins(20, 25, 20);
        $pdf->SetTitle($this->title() . ' ' . $this->number());
        $pdf->SetAuthor(self::school());
        $pdf->setRTL(right_to_left());
        $pdf->AddPage();
        return $pdf;
    }

    /**
     * Whether the school paid.
     *
     * @return bool
     */
    private function is_refund(): bool {
        return str_starts_with($this->payment->amount, '-');
    }

    /**
     * Writes the school and the title.
     *
     * @param \pdf $pdf
     * @param pdf_text $text
     */
    private function write_head(\pdf $pdf, pdf_text $text): void {
        $pdf->MultiCell(0, 0, $text->prepared(self::school(), 14), 0, self::start());
        $pdf->Ln(4);
        $pdf->MultiCell(0, 0, $text->prepared($this->title(), 20, 'B'), 0, self::start());
        $pdf->Ln(6);
    }

    /**
     * Writes one line. Names and words of the CRM are drawn as they are: nothing in them is HTML here.
     *
     * @param \pdf $pdf
     * @param string $label
     * @param string $value
     */
    private function write_line(\pdf $pdf, string $label, string $value): void {
        $height = 2 + max(
            $pdf->getStringHeight(self::LABELS, $label),
            $pdf->getStringHeight($pdf->getPageWidth() - 40 - self::LABELS, $value)
        );
        $pdf->SetTextColor(84, 93, 102);
        $pdf->MultiCell(self::LABELS, $height, $label, 'B', self::start(), false, 0);
        $pdf->SetTextColor(0, 0, 0);
        $pdf->MultiCell(0, $height, $value, 'B', self::start(), false, 1);
    }

    /**
     * The number of the receipt: that of the payment, or another by which the office finds it.
     *
     * @return string
     */
    private function number(): string {
        return trim((string) $this->payment->payment_number)
            ?: trim((string) $this->payment->voucher_number)
            ?: $this->payment->zoho_payment_id;
    }

    /**
     * The name of the school.
     *
     * @return string
     */
    private static function school(): string {
        global $SITE;
        return format_string($SITE->fullname, true, ['context' => \core\context\system::instance(), 'escape' => false]);
    }

    /**
     * The side on which lines begin.
     *
     * @return string
     */
    private static function start(): string {
        return right_to_left() ? 'R' : 'L';
    }
}
