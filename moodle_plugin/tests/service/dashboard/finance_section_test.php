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

namespace local_mzi\service\dashboard;

use local_mzi\local\audience;
use local_mzi\local\student;
use local_mzi\output\finance_tab;

/**
 * What the tab Finance knows and shows.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\dashboard\finance_section
 * @covers     \local_mzi\output\finance_tab
 * @covers     \local_mzi\repository\finance_repository
 */
final class finance_section_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var student who has registrations and payments */
    private student $student;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        // A quarter past midnight in Amman, when it is still the day before in UTC.
        $this->mock_clock_with_frozen(strtotime('2026-11-20 21:15:00 UTC'));
        set_config('timezone', 'Asia/Amman');
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->student = $this->generator->student();
        $this->registration('r1', ['remaining_amount' => '700.00', 'installments' => [
            ['zoho_installment_id' => 'i2', 'installment_number' => 2, 'due_date' => '2026-11-21', 'amount' => '500.00'],
            ['zoho_installment_id' => 'i1', 'installment_number' => 1, 'due_date' => '2026-11-20', 'amount' => '500.00'],
        ]]);
        $this->payment('p1', ['amount' => '400.00', 'payment_date' => '2026-10-01', 'payment_number' => 'PAY-1']);
        $this->payment('p2', ['amount' => '9.00', 'payment_date' => '2026-10-02', 'status' => 'Declined']);
    }

    /**
     * Writes a registration of the student.
     *
     * @param string $id
     * @param array $values
     */
    private function registration(string $id, array $values = []): void {
        $this->generator->upsert('registrations', $id, $values + [
            'zoho_student_id' => $this->student->zohoid,
            'registration_number' => "REG-$id",
            'program_name' => 'Business',
            'total_fees' => '1000.00',
            'currency' => 'USD',
        ]);
    }

    /**
     * Writes a payment of the student.
     *
     * @param string $id
     * @param array $values
     */
    private function payment(string $id, array $values): void {
        $this->generator->upsert('payments', $id, $values + [
            'zoho_student_id' => $this->student->zohoid,
            'zoho_registration_id' => 'r1',
            'currency' => 'USD',
            'status' => 'Confirmed',
        ]);
    }

    /**
     * The data of the tab.
     *
     * @param audience $audience
     * @return array
     */
    private function data(audience $audience = audience::STUDENT): array {
        return \core\di::get(finance_section::class)->data($this->student, $audience);
    }

    /**
     * The tab as HTML.
     *
     * @param audience $audience
     * @return string
     */
    private function html(audience $audience = audience::STUDENT): string {
        global $PAGE;
        $PAGE->set_url('/local/mzi/index.php');
        return $PAGE->get_renderer('core')->render(new finance_tab($this->data($audience), $this->student, $audience));
    }

    public function test_a_student_learns_what_the_crm_says_and_staff_where_the_payments_say_otherwise(): void {
        $own = $this->data()['accounts'][0];
        $this->assertSame('700.00', $own['remaining']);
        $this->assertSame('700.00', $own['registrations'][0]['remaining']);
        $this->assertStringNotContainsString('600.00', json_encode($own));
        $this->assertStringNotContainsString('600.00', $this->html());

        $staff = $this->data(audience::STAFF)['accounts'][0];
        $wanted = ['remaining_calculated' => '600.00', 'remaining_crm' => '700.00', 'differs' => true];
        $this->assertSame($wanted, array_intersect_key($staff, $wanted));
        $this->assertSame($wanted, array_intersect_key($staff['registrations'][0], $wanted));
        $this->assertStringContainsString('600.00', $this->html(audience::STAFF));
    }

    public function test_an_amount_below_nothing_keeps_its_sign_in_front_in_a_sentence_of_either_direction(): void {
        $this->payment('p7', ['amount' => '1000.00']);

        $this->assertStringContainsString("\u{2066}-400.00\u{00A0}USD\u{2069}", $this->html(audience::STAFF));
    }

    public function test_today_is_the_day_of_the_site(): void {
        $states = array_column($this->data()['accounts'][0]['registrations'][0]['installments'], 'state', 'installment_number');

        $this->assertSame([1 => 'overdue', 2 => 'due'], $states);
        $this->assertSame('100.00', $this->data()['accounts'][0]['overdue']);
    }

    public function test_the_history_holds_every_payment_the_newest_first_and_which_count(): void {
        $this->payment('p3', ['amount' => '1.00', 'payment_date' => null, 'zoho_registration_id' => null, 'currency' => null]);
        $payments = $this->data()['payments'];

        $this->assertSame(['9.00', '400.00', '1.00'], array_column($payments, 'amount'));
        $this->assertSame([false, true, true], array_column($payments, 'received'));
        $this->assertSame([false, true, true], array_column($payments, 'receipt'));
        $this->assertSame(['REG-r1', 'REG-r1', null], array_column($payments, 'registration_number'));
        $this->assertSame(['USD', 'USD', ''], array_column($payments, 'currency'));
    }

    public function test_deleted_records_and_those_of_others_are_not_there(): void {
        $other = $this->generator->student();
        $this->generator->upsert('registrations', 'r2', ['zoho_student_id' => $other->zohoid, 'currency' => 'EUR']);
        $this->generator->upsert('payments', 'p4', ['zoho_student_id' => $other->zohoid, 'amount' => '5.00', 'currency' => 'EUR']);
        $this->generator->delete('payments', 'p1', 5000);
        $this->registration('r3', ['currency' => 'TRY', 'installments' => [['zoho_installment_id' => 'i3', 'amount' => '1.00']]]);
        $this->generator->delete('registrations', 'r3', 5000);

        $this->assertSame(['USD'], array_column($this->data()['accounts'], 'currency'));
        $this->assertSame(['9.00'], array_column($this->data()['payments'], 'amount'));
    }

    public function test_an_instalment_before_the_first_has_its_number(): void {
        $this->registration('r7', ['currency' => 'EUR', 'installments' => [
            ['zoho_installment_id' => 'i8', 'installment_number' => 0, 'amount' => '10.00'],
            ['zoho_installment_id' => 'i9', 'installment_number' => null, 'amount' => '20.00'],
        ]]);
        preg_match_all('~<td role="cell" data-label="Instalment">(.*?)</td>~', $this->html(), $numbers);

        $this->assertSame(['<bdi>0</bdi>', '', '<bdi>1</bdi>', '<bdi>2</bdi>'], $numbers[1]);
    }

    public function test_registrations_stand_the_newest_first_and_those_without_a_date_last(): void {
        foreach (['r7' => '2025-01-01', 'r8' => null, 'r9' => '2026-01-01'] as $id => $date) {
            $this->registration($id, ['currency' => 'EUR', 'registration_date' => $date]);
        }

        $this->assertSame(
            ['REG-r9', 'REG-r7', 'REG-r8'],
            array_column($this->data()['accounts'][0]['registrations'], 'registration_number')
        );
    }

    public function test_a_registration_has_the_name_of_its_programme_where_the_crm_gives_only_the_programme(): void {
        $this->generator->upsert('programs', 'p1', ['name' => 'Computing']);
        $this->registration('r7', ['currency' => 'EUR', 'program_name' => null, 'zoho_program_id' => 'p1']);
        $this->registration('r8', ['currency' => 'TRY', 'program_name' => null, 'registration_number' => null]);
        $html = $this->html();

        $this->assertStringContainsString('<h4><bdi>Computing</bdi></h4>', $html);
        $this->assertStringContainsString('<h4><bdi>' . get_string('page_noprogram', 'local_mzi') . '</bdi></h4>', $html);
    }

    public function test_receipts_are_offered_only_where_they_are_switched_on(): void {
        $this->assertStringContainsString('/local/mzi/receipt.php?id=', $this->html());

        set_config('show_receipts', '0', 'local_mzi');
        $this->assertSame([false, false], array_column($this->data()['payments'], 'receipt'));
        $this->assertStringNotContainsString('receipt.php', $this->html());
    }

    public function test_words_of_the_crm_are_text_and_no_markup(): void {
        $evil = "<script>alert('x')</script>\u{202E}ايمن 😀";
        $this->registration('r4', ['program_name' => $evil, 'registration_status' => $evil, 'registration_number' => $evil]);
        $this->payment('p5', ['amount' => '1.00', 'payment_method' => $evil, 'payment_type' => $evil, 'payment_number' => $evil]);
        $html = $this->html();

        $this->assertStringNotContainsString('<script>alert', $html);
        $this->assertSame(7, substr_count($html, s($evil) . '</bdi>'));
    }

    public function test_the_number_of_statements_is_the_same_whatever_the_student_has(): void {
        global $DB;
        $count = function (): int {
            global $DB;
            $before = $DB->perf_get_reads();
            $this->data();
            return $DB->perf_get_reads() - $before;
        };
        $few = $count();
        for ($index = 0; $index < 20; $index++) {
            $this->registration("m$index", ['installments' => [['zoho_installment_id' => "j$index", 'amount' => '50.00']]]);
            $this->payment("q$index", ['amount' => '50.00', 'zoho_registration_id' => "m$index"]);
        }

        $this->assertSame(3, $few);
        $this->assertSame($few, $count());
        $this->assertSame('21000.00', $this->data()['accounts'][0]['fees']);
        $this->assertSame(1, $DB->count_records('local_mzi_students'));
    }

    public function test_a_student_without_records_is_told_so(): void {
        $this->student = $this->generator->student();

        $this->assertSame(['accounts' => [], 'payments' => []], $this->data());
        $this->assertStringContainsString(get_string('finance_empty', 'local_mzi'), $this->html());
    }

    public function test_the_page_says_what_the_figures_are(): void {
        $this->registration('r5', ['currency' => 'EUR', 'discount_percentage' => '12.50']);
        $this->registration('r6', ['currency' => 'TRY', 'total_fees' => null]);
        $this->payment('p6', ['amount' => '900.00', 'currency' => 'EUR', 'zoho_registration_id' => 'r5']);
        $html = html_entity_decode(strip_tags($this->html()));

        $this->assertStringContainsString("125.00\u{00A0}EUR (12.5%)", $html);
        $this->assertStringContainsString("25.00\u{00A0}EUR", $html);
        $this->assertStringContainsString(get_string('finance_overpaid', 'local_mzi'), $html);
        $this->assertStringContainsString(get_string('finance_unknown', 'local_mzi'), $html);
        $this->assertStringContainsString(get_string('finance_dueby_schedule', 'local_mzi'), $html);
        $this->assertStringContainsString(get_string('finance_notcounted', 'local_mzi'), $html);
        $this->assertStringContainsString('<progress max="100" value="30">', $this->html());
    }
}
