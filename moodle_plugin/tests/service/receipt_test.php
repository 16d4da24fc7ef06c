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

namespace local_mzi\service;

use local_mzi\event\receipt_downloaded;
use local_mzi\local\student;
use local_mzi\output\format;
use local_mzi\output\receipt_pdf;

/**
 * Receipts: who gets which, and what is on the page.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\receipt
 * @covers     \local_mzi\output\receipt_pdf
 * @covers     \local_mzi\event\receipt_downloaded
 */
final class receipt_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var \stdClass the user of the student */
    private \stdClass $user;

    /** @var student who paid */
    private student $student;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->generator->student(['display_name' => 'أحمد محمود'], (int) $this->user->id);
        $this->generator->upsert('registrations', 'r1', [
            'zoho_student_id' => $this->student->zohoid, 'registration_number' => 'REG-1', 'program_name' => 'Business',
        ]);
        $this->setUser($this->user);
    }

    /**
     * Writes a payment of the student.
     *
     * @param array $values
     * @param string $id
     * @return int id of the row
     */
    private function payment(array $values = [], string $id = 'p1'): int {
        global $DB;
        $this->generator->upsert('payments', $id, $values + [
            'zoho_student_id' => $this->student->zohoid,
            'zoho_registration_id' => 'r1',
            'payment_number' => 'PAY-0001',
            'amount' => '1250.50',
            'currency' => 'USD',
            'payment_date' => '2026-10-01',
            'status' => 'Confirmed',
        ]);
        return (int) $DB->get_field('local_mzi_payments', 'id', ['zoho_payment_id' => $id]);
    }

    /**
     * The refusal of a receipt.
     *
     * @param int $id
     * @return string code and message
     */
    private function refusal(int $id): string {
        try {
            \core\di::get(receipt::class)->find($id);
        } catch (\moodle_exception $refusal) {
            return $refusal->errorcode . $refusal->getMessage();
        }
        $this->fail('nothing was refused');
    }

    /**
     * The receipt of a payment.
     *
     * @param array $values
     * @return receipt_pdf
     */
    private function receipt(array $values = []): receipt_pdf {
        [$payment, $student] = \core\di::get(receipt::class)->find($this->payment($values));
        return new receipt_pdf($payment, $student, 1790000000);
    }

    /**
     * Everything that is drawn on the pages of a PDF, as TCPDF writes it there: UTF-16.
     *
     * @param string $pdf
     * @return string UTF-8
     */
    private static function drawn(string $pdf): string {
        preg_match_all('/stream\r?\n(.*?)\r?\nendstream/s', $pdf, $streams);
        $pages = array_filter(
            array_map(fn(string $stream) => @gzuncompress($stream), $streams[1]),
            fn($page) => is_string($page) && str_contains($page, ' Tf ')
        );
        preg_match_all('/\[\((.*?)\)\] TJ/s', implode($pages), $texts);
        return implode('|', array_map(
            fn(string $text) => mb_convert_encoding(stripcslashes($text), 'UTF-8', 'UTF-16BE'),
            $texts[1]
        ));
    }

    public function test_the_student_and_staff_get_it_and_everybody_else_one_and_the_same_refusal(): void {
        $id = $this->payment();
        $foreign = $this->payment(['zoho_student_id' => 'nobody'], 'p2');
        $orphan = $this->payment(['zoho_student_id' => null], 'p3');
        $this->assertEquals($id, \core\di::get(receipt::class)->find($id)[0]->id);

        $said = array_map($this->refusal(...), [$foreign, $orphan, 999999, 0]);
        $other = $this->getDataGenerator()->create_user();
        $this->generator->student([], (int) $other->id);
        $teacher = $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'editingteacher');
        foreach ([$other, $teacher] as $user) {
            $this->setUser($user);
            $said[] = $this->refusal($id);
        }
        $this->setGuestUser();
        $said[] = $this->refusal($id);
        $this->assertCount(1, array_unique($said));
        $this->assertStringStartsWith('nostudent', $said[0]);

        $this->setAdminUser();
        $this->assertEquals($this->student, \core\di::get(receipt::class)->find($id)[1]);
        $this->generator->delete('payments', 'p1', 5000);
        $this->assertSame($said[0], $this->refusal($id));
    }

    public function test_only_a_payment_that_counts_has_one(): void {
        $this->assertStringStartsWith('receipt_none', $this->refusal($this->payment(['status' => 'Declined'])));
        $this->assertStringStartsWith('receipt_none', $this->refusal($this->payment(['amount' => null], 'p2')));
        $this->assertEquals('2.00', \core\di::get(receipt::class)->find(
            $this->payment(['status' => null, 'amount' => '2.00'], 'p3')
        )[0]->amount);
    }

    public function test_receipts_can_be_switched_off_for_everybody(): void {
        $id = $this->payment();
        foreach (['show_receipts', 'show_finance'] as $setting) {
            set_config($setting, '0', 'local_mzi');
            $this->assertStringStartsWith('page_switchedoff', $this->refusal($id));
            set_config($setting, '1', 'local_mzi');
        }
    }

    public function test_it_says_who_paid_what_when_and_how(): void {
        $lines = array_column($this->receipt([
            'payment_method' => 'Cash', 'payment_type' => 'Installment', 'installment_number' => 3, 'voucher_number' => 'V9',
        ])->lines(), 1, 0);

        $this->assertSame([
            'Receipt number' => 'PAY-0001',
            'Date of payment' => '01 October 2026',
            'Received from' => 'أحمد محمود',
            'Student number' => 'STU-000001',
            'Amount received' => "1,250.50\u{00A0}USD",
            'Method of payment' => 'Cash',
            'Type of payment' => 'Installment',
            'Programme' => 'Business',
            'Registration number' => 'REG-1',
            'Instalment number' => '3',
            'Voucher number' => 'V9',
            'Receipt made' => format::time(1790000000),
        ], $lines);
    }

    public function test_a_refund_says_that_the_school_paid_and_empty_lines_are_left_out(): void {
        $receipt = $this->receipt(['amount' => '-20.00', 'zoho_registration_id' => 'elsewhere', 'payment_date' => null]);

        $this->assertSame(get_string('receipt_title_refund', 'local_mzi'), $receipt->title());
        $this->assertSame(
            [
                'Receipt number' => 'PAY-0001',
                'Paid back to' => 'أحمد محمود',
                'Student number' => 'STU-000001',
                'Amount paid back' => "20.00\u{00A0}USD",
                'Receipt made' => format::time(1790000000),
            ],
            array_column($receipt->lines(), 1, 0)
        );
    }

    public function test_it_names_the_programme_where_the_crm_gives_only_the_programme(): void {
        $this->generator->upsert('programs', 'p1', ['name' => 'Computing']);
        $this->generator->upsert('registrations', 'r9', ['zoho_student_id' => $this->student->zohoid, 'zoho_program_id' => 'p1']);

        $this->assertContains('Computing', array_column($this->receipt(['zoho_registration_id' => 'r9'])->lines(), 1));
    }

    public function test_a_registration_of_another_student_is_not_told(): void {
        $other = $this->generator->student();
        $this->generator->upsert('registrations', 'r2', ['zoho_student_id' => $other->zohoid, 'program_name' => 'Secret']);

        $this->assertNotContains('Secret', array_column($this->receipt(['zoho_registration_id' => 'r2'])->lines(), 1));
    }

    public function test_arabic_is_drawn_in_its_joined_shapes_and_from_the_right(): void {
        $bytes = $this->receipt()->bytes();
        $drawn = self::drawn($bytes);

        $this->assertStringStartsWith('%PDF-', $bytes);
        $this->assertStringContainsString('FreeSerif', $bytes);
        $this->assertMatchesRegularExpression('~/Type /Page\b(?!s)~', $bytes);
        $this->assertStringContainsString('PAY-0001', $drawn);
        // Alef, hah at the beginning, meem in the middle, dal at the end: drawn from right to left.
        $this->assertStringContainsString("\u{FEAA}\u{FEE4}\u{FEA3}\u{FE83}", $drawn);
        $this->assertStringNotContainsString('أحمد', $drawn);
    }

    public function test_latin_words_behind_arabic_ones_keep_their_order(): void {
        $this->generator->upsert('registrations', 'r9', [
            'zoho_student_id' => $this->student->zohoid, 'program_name' => 'دبلوم Higher National Diploma (Level 5)',
        ]);
        $drawn = self::drawn($this->receipt(['zoho_registration_id' => 'r9'])->bytes());

        $this->assertStringContainsString('Higher National Diploma (Level 5)', $drawn);
    }

    public function test_signs_that_steer_text_and_markup_in_a_name_do_no_harm(): void {
        $this->student = $this->generator->student(
            ['display_name' => "\u{202E}<script>alert('x')</script> 😀 (a\\b)"],
            (int) $this->user->id
        );
        $receipt = $this->receipt();

        $this->assertContains("<script>alert('x')</script> 😀 (a\\b)", array_column($receipt->lines(), 1));
        // The font has no such picture, and would draw empty boxes.
        $this->assertStringContainsString("<script>alert('x')</script> (a\\b)", self::drawn($receipt->bytes()));
    }

    public function test_a_long_programme_stays_on_one_page(): void {
        $name = trim(str_repeat('Higher National Diploma in Business ', 7));
        $this->generator->upsert('registrations', 'r9', ['zoho_student_id' => $this->student->zohoid, 'program_name' => $name]);
        $bytes = $this->receipt(['zoho_registration_id' => 'r9', 'voucher_number' => str_repeat('V', 255)])->bytes();

        $this->assertSame(1, preg_match_all('~/Type /Page\b(?!s)~', $bytes));
    }

    public function test_the_file_name_is_safe_and_tells_nothing_of_the_person(): void {
        $name = fn(?string $number, ?string $voucher = null) => $this->receipt(
            ['payment_number' => $number, 'voucher_number' => $voucher]
        )->filename();

        $this->assertSame('receipt-PAY-0001.pdf', $name('PAY-0001'));
        $this->assertSame('receipt-a-b-php-c.pdf', $name("../a\\b.php\r\n\"c;"));
        $this->assertSame('receipt-V-1.pdf', $name(' ', 'V/1'));
        $this->assertSame('receipt-p1.pdf', $name(null));
        $this->assertMatchesRegularExpression('/^receipt-\d+\.pdf$/', $name('إيصال'));
    }

    public function test_the_download_is_logged_with_whose_receipt_it_was(): void {
        $id = $this->payment();
        $sink = $this->redirectEvents();
        receipt_downloaded::of($id, $this->student)->trigger();

        [$event] = $sink->get_events();
        $this->assertEquals([$id, $this->user->id], [$event->objectid, $event->relateduserid]);
        $this->assertStringContainsString("'$id'", $event->get_description());
        $this->assertSame('finance', $event->get_url()->param('tab'));
    }
}
