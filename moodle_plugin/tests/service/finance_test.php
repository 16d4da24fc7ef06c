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

use local_mzi\local\finance\account;
use local_mzi\local\finance\instalment;
use local_mzi\local\finance\registration_account;
use local_mzi\local\decimal;

/**
 * The calculation, case by case. Today is 2026-11-21 in all of them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\finance
 * @covers     \local_mzi\service\payment_rule
 * @covers     \local_mzi\local\finance\account
 * @covers     \local_mzi\local\finance\registration_account
 * @covers     \local_mzi\local\finance\schedule
 * @covers     \local_mzi\local\finance\instalment
 * @covers     \local_mzi\local\finance\instalment_state
 */
final class finance_test extends \advanced_testcase {
    /** The day of the cases. */
    private const TODAY = '2026-11-21';

    /**
     * The accounts of made-up rows.
     *
     * @param array[] $registrations values by id
     * @param array[] $payments values
     * @return array<string, account> by currency
     */
    private static function accounts(array $registrations, array $payments): array {
        $rows = [];
        foreach ($registrations as $id => $values) {
            $installments = array_map(fn(array $one) => (object) ($one + [
                'installment_number' => null, 'due_date' => null, 'amount' => null, 'currency' => null,
                'status' => null, 'paid_date' => null,
            ]), $values['installments'] ?? []);
            $rows[] = (object) (compact('installments') + $values + [
                'zoho_registration_id' => (string) $id, 'currency' => 'USD', 'total_fees' => null,
                'paid_amount' => null, 'remaining_amount' => null, 'discount_percentage' => null,
            ]);
        }
        $paid = array_map(fn(array $values) => (object) ($values + [
            'zoho_registration_id' => 'r1', 'currency' => 'USD', 'amount' => null, 'status' => 'Confirmed',
            'payment_type' => 'Installment', 'installment_number' => null,
        ]), $payments);
        return array_column(finance::accounts($rows, $paid), null, 'currency');
    }

    /**
     * The account of a student who has one.
     *
     * @param array ...$of see accounts()
     * @return account
     */
    private static function account(array ...$of): account {
        $accounts = self::accounts(...$of);
        self::assertCount(1, $accounts);
        return reset($accounts);
    }

    /**
     * The instalments of a registration: amount open and state, in order.
     *
     * @param registration_account $registration
     * @return array<int, array{0: string|null, 1: string}>
     */
    private static function instalments(registration_account $registration): array {
        return array_map(
            fn(instalment $one) => [decimal::text($one->open()), $one->state(self::TODAY)->value],
            $registration->schedule->instalments
        );
    }

    /**
     * Every figure of the account of one registration and its payments.
     *
     * @dataProvider cases
     * @param array $registration
     * @param array[] $payments
     * @param array $expected figures that matter to the case
     */
    public function test_the_figures_of_one_registration(array $registration, array $payments, array $expected): void {
        $account = self::account(['r1' => $registration], $payments);

        $this->assertSame($expected, array_intersect_key([
            'fees' => decimal::text($account->fees()),
            'discount' => decimal::text($account->discount()),
            'due' => decimal::text($account->due()),
            'paid' => decimal::text($account->paid()),
            'calculated' => decimal::text($account->calculated()),
            'stated' => decimal::text($account->stated()),
            'remaining' => decimal::text($account->remaining()),
            'differs' => $account->differs(),
            'progress' => $account->progress(),
            'overdue' => decimal::text($account->overdue(self::TODAY)),
        ], $expected));
    }

    /**
     * The table of cases.
     *
     * @return array
     */
    public static function cases(): array {
        $fees = ['total_fees' => '1000.00'];
        $late = ['due_date' => '2026-11-20'];
        return [
            'nothing paid yet' => [$fees, [], [
                'fees' => '1000.00', 'discount' => '0.00', 'due' => '1000.00', 'paid' => '0.00', 'calculated' => '1000.00',
                'stated' => null, 'remaining' => '1000.00', 'differs' => false, 'progress' => 0, 'overdue' => '0.00',
            ]],
            'partly paid' => [$fees, [['amount' => '333.33'], ['amount' => '0.01']], [
                'paid' => '333.34', 'remaining' => '666.66', 'progress' => 33,
            ]],
            'a hundredth remains' => [$fees, [['amount' => '999.99']], ['remaining' => '0.01', 'progress' => 99]],
            'all paid' => [$fees, [['amount' => '1000.00']], ['remaining' => '0.00', 'progress' => 100]],
            'overpaid' => [$fees, [['amount' => '1050.00']], [
                'calculated' => '-50.00', 'remaining' => '-50.00', 'progress' => 100,
            ]],
            'no fees' => [[], [['amount' => '10.00']], [
                'fees' => null, 'due' => null, 'paid' => '10.00', 'calculated' => null, 'remaining' => null,
                'differs' => false, 'progress' => null,
            ]],
            'fees of nothing' => [['total_fees' => '0.00'], [], ['due' => '0.00', 'remaining' => '0.00', 'progress' => 100]],
            'a discount of 12.5 %' => [$fees + ['discount_percentage' => '12.50'], [['amount' => '100.00']], [
                'discount' => '125.00', 'due' => '875.00', 'remaining' => '775.00', 'progress' => 11,
            ]],
            'a discount of half a hundredth' => [['total_fees' => '0.50', 'discount_percentage' => '1.00'], [], [
                'discount' => '0.01', 'due' => '0.49',
            ]],
            'a discount of 100 %' => [$fees + ['discount_percentage' => '100.00'], [], [
                'discount' => '1000.00', 'due' => '0.00', 'remaining' => '0.00', 'progress' => 100,
            ]],
            'a discount that is no percentage' => [$fees + ['discount_percentage' => '250.00'], [], [
                'discount' => '0.00', 'due' => '1000.00',
            ]],
            'a discount below nothing' => [$fees + ['discount_percentage' => '-5.00'], [], [
                'discount' => '0.00', 'due' => '1000.00',
            ]],
            'a refund' => [$fees, [['amount' => '400.00'], ['amount' => '-150.00']], [
                'paid' => '250.00', 'remaining' => '750.00', 'progress' => 25,
            ]],
            'more refunded than paid' => [$fees, [['amount' => '-150.00']], [
                'paid' => '-150.00', 'remaining' => '1150.00', 'progress' => 0,
            ]],
            'a payment without an amount' => [$fees, [['amount' => null], ['amount' => '1.00']], ['paid' => '1.00']],
            'a payment that does not count' => [$fees, [['amount' => '5.00', 'status' => 'Declined']], ['paid' => '0.00']],
            'a payment without a status counts' => [
                $fees,
                [['amount' => '5.00', 'status' => null], ['amount' => '6.00', 'status' => ' ']],
                ['paid' => '11.00'],
            ],
            'a status in other letters' => [$fees, [['amount' => '5.00', 'status' => 'CONFIRMED ']], ['paid' => '5.00']],
            'the largest amounts' => [['total_fees' => '9999999999.99', 'discount_percentage' => '50.00'], [], [
                'discount' => '5000000000.00', 'due' => '4999999999.99',
            ]],
            'the CRM agrees' => [$fees + ['remaining_amount' => '900.00'], [['amount' => '100.00']], [
                'calculated' => '900.00', 'stated' => '900.00', 'remaining' => '900.00', 'differs' => false,
            ]],
            'the CRM says less' => [$fees + ['remaining_amount' => '750.00'], [['amount' => '100.00']], [
                'calculated' => '900.00', 'stated' => '750.00', 'remaining' => '750.00', 'differs' => true, 'progress' => 25,
            ]],
            'the CRM says that nothing remains' => [$fees + ['remaining_amount' => '0.00'], [], [
                'calculated' => '1000.00', 'stated' => '0.00', 'remaining' => '0.00', 'differs' => true, 'progress' => 100,
            ]],
            'the remaining amount of the CRM was no amount' => [
                $fees + ['remaining_amount' => null],
                [['amount' => '100.00']],
                ['stated' => null, 'remaining' => '900.00', 'differs' => false],
            ],
            'only what remains is known' => [['remaining_amount' => '40.00'], [['amount' => '5.00']], [
                'due' => null, 'calculated' => null, 'remaining' => '40.00', 'differs' => false, 'progress' => null,
            ]],
            'the CRM says what was paid' => [$fees + ['paid_amount' => '300.00'], [['amount' => '100.00']], [
                'calculated' => '900.00', 'stated' => '700.00', 'remaining' => '700.00', 'differs' => true,
            ]],
            'the CRM says what was paid and what remains' => [
                $fees + ['paid_amount' => '300.00', 'remaining_amount' => '650.00'],
                [],
                ['stated' => '650.00'],
            ],
            'a schedule says what is due' => [
                $fees + ['discount_percentage' => '10.00', 'installments' => [['amount' => '450.00'], ['amount' => '450.00']]],
                [],
                ['fees' => '1000.00', 'discount' => '100.00', 'due' => '900.00'],
            ],
            'a schedule of a part of the fees' => [$fees + ['installments' => [['amount' => '600.00']]], [], [
                'fees' => '1000.00', 'discount' => '0.00', 'due' => '600.00',
            ]],
            'a schedule of a part of the fees less a discount' => [
                $fees + ['discount_percentage' => '10.00', 'installments' => [['amount' => '600.00']]],
                [],
                ['discount' => '100.00', 'due' => '600.00'],
            ],
            'fees that are less the discount already' => [
                ['total_fees' => '900.00', 'discount_percentage' => '10.00', 'installments' => [['amount' => '900.00']]],
                [],
                ['fees' => '900.00', 'discount' => '0.00', 'due' => '900.00'],
            ],
            'a schedule above the fees' => [$fees + ['installments' => [['amount' => '1100.00']]], [], [
                'discount' => '0.00', 'due' => '1100.00', 'remaining' => '1100.00',
            ]],
            'a schedule without fees' => [['installments' => [['amount' => '70.00']]], [], [
                'fees' => null, 'discount' => '0.00', 'due' => '70.00', 'remaining' => '70.00',
            ]],
            'a schedule with a hole' => [
                $fees + ['discount_percentage' => '10.00', 'installments' => [$late + ['amount' => '450.00'], $late]],
                [],
                ['due' => '900.00', 'overdue' => '450.00'],
            ],
            'a schedule in another currency' => [
                $fees + ['installments' => [$late + ['amount' => '9.00', 'currency' => 'EUR']]],
                [],
                ['due' => '1000.00', 'overdue' => '0.00'],
            ],
            'an instalment of yesterday' => [['installments' => [$late + ['amount' => '70.00']]], [], ['overdue' => '70.00']],
            'an instalment partly covered' => [
                ['installments' => [$late + ['amount' => '70.00']]],
                [['amount' => '20.00']],
                ['overdue' => '50.00'],
            ],
            'the CRM knows of more than the payments' => [
                ['remaining_amount' => '30.00', 'installments' => [$late + ['amount' => '70.00'], ['amount' => '30.00']]],
                [['amount' => '20.00']],
                ['remaining' => '30.00', 'differs' => true, 'overdue' => '0.00'],
            ],
        ];
    }

    public function test_what_is_due_today_is_not_overdue_and_the_rest_goes_by_its_day(): void {
        $account = self::account(['r1' => ['installments' => [
            ['amount' => '4.00'],
            ['amount' => '3.00', 'due_date' => '2026-11-22'],
            ['amount' => '2.00', 'due_date' => '2026-11-21', 'status' => 'Overdue'],
            ['amount' => '1.00', 'due_date' => '2026-11-20', 'status' => 'Pending'],
            ['amount' => null, 'due_date' => '2025-01-01'],
        ]]], []);

        $this->assertSame(
            [[null, 'overdue'], ['1.00', 'overdue'], ['2.00', 'due'], ['3.00', 'upcoming'], ['4.00', 'undated']],
            self::instalments($account->registrations[0])
        );
        $this->assertSame(100, $account->overdue(self::TODAY));
    }

    public function test_money_covers_its_own_instalment_first_and_then_the_oldest(): void {
        $installments = [
            ['installment_number' => '3', 'amount' => '100.00', 'due_date' => '2026-12-01'],
            ['installment_number' => '1', 'amount' => '100.00', 'due_date' => '2026-10-01'],
            ['installment_number' => '2', 'amount' => '100.00', 'due_date' => '2026-11-01'],
        ];
        $open = fn(array ...$payments) => self::instalments(
            self::account(['r1' => ['installments' => $installments]], $payments)->registrations[0]
        );

        $this->assertSame(
            [['100.00', 'overdue'], ['0.00', 'paid'], ['100.00', 'upcoming']],
            $open(['amount' => '100.00', 'installment_number' => '2'])
        );
        $this->assertSame(
            [['40.00', 'overdue'], ['0.00', 'paid'], ['100.00', 'upcoming']],
            $open(['amount' => '110.00', 'installment_number' => '2'], ['amount' => '50.00'])
        );
        $this->assertSame(
            [['0.00', 'paid'], ['0.00', 'paid'], ['50.00', 'upcoming']],
            $open(['amount' => '250.00', 'installment_number' => '9'])
        );
    }

    public function test_a_refund_opens_the_last_instalment_again(): void {
        $account = self::account(
            ['r1' => ['installments' => [
                ['installment_number' => '1', 'amount' => '100.00', 'due_date' => '2026-10-01'],
                ['installment_number' => '2', 'amount' => '100.00', 'due_date' => '2026-11-01'],
            ]]],
            [
                ['amount' => '100.00', 'installment_number' => '1'],
                ['amount' => '100.00', 'installment_number' => '2'],
                ['amount' => '-130.00'],
            ]
        );

        $this->assertSame([['30.00', 'overdue'], ['100.00', 'overdue']], self::instalments($account->registrations[0]));
        $this->assertSame(13000, $account->overdue(self::TODAY));
    }

    public function test_a_refund_that_names_no_registration_opens_what_falls_due_last(): void {
        $account = self::account(
            [
                'r1' => ['installments' => [['amount' => '100.00', 'due_date' => '2026-10-01']]],
                'r2' => ['installments' => [['amount' => '100.00', 'due_date' => '2026-11-01']]],
            ],
            [
                ['amount' => '100.00'],
                ['amount' => '100.00', 'zoho_registration_id' => 'r2'],
                ['amount' => '-30.00', 'zoho_registration_id' => null],
            ]
        );

        $this->assertSame([17000, 3000, -3000], [$account->paid(), $account->remaining(), $account->unassigned]);
        $this->assertSame([0, 3000], array_map(fn($one) => $one->overdue(self::TODAY), $account->registrations));
    }

    public function test_an_instalment_that_the_crm_calls_paid_is_paid_and_takes_its_money_first(): void {
        $account = self::account(
            ['r1' => ['installments' => [
                ['amount' => '100.00', 'due_date' => '2026-10-01', 'status' => 'Pending', 'paid_date' => '2026-10-01'],
                ['amount' => '100.00', 'due_date' => '2026-11-01', 'status' => 'paid'],
                ['amount' => '100.00', 'due_date' => '2026-12-01', 'paid_date' => '2026-11-01'],
            ]]],
            [['amount' => '150.00']]
        );

        $this->assertSame(
            [['100.00', 'overdue'], ['0.00', 'paid'], ['0.00', 'paid']],
            self::instalments($account->registrations[0])
        );
    }

    public function test_currencies_are_never_summed(): void {
        $accounts = self::accounts(
            [
                'r1' => ['total_fees' => '1000.00'],
                'r2' => ['total_fees' => '500.00', 'currency' => 'EUR'],
                'r3' => ['total_fees' => '20.00', 'currency' => null],
                'r4' => ['total_fees' => '30.00', 'currency' => 'usd '],
            ],
            [
                ['amount' => '100.00'],
                ['amount' => '7.00', 'currency' => 'EUR'],
                ['amount' => '8.00', 'currency' => 'EUR', 'zoho_registration_id' => 'r2'],
                ['amount' => '9.00', 'currency' => 'TRY', 'zoho_registration_id' => null],
                ['amount' => '1.00', 'currency' => '', 'zoho_registration_id' => null],
            ]
        );

        $this->assertSame(['', 'EUR', 'TRY', 'USD'], array_keys($accounts));
        $this->assertSame(
            [[2000, 100], [50000, 800], [null, 900], [103000, 10000]],
            array_values(array_map(fn(account $account) => [$account->due(), $account->paid()], $accounts))
        );
        $this->assertSame(700, $accounts['EUR']->elsewhere);
    }

    public function test_a_payment_that_names_no_registration_is_for_the_only_one(): void {
        $account = self::account(
            ['r1' => ['total_fees' => '100.00', 'installments' => [['amount' => '100.00', 'due_date' => '2026-10-01']]]],
            [['amount' => '60.00', 'zoho_registration_id' => null], ['amount' => '5.00', 'zoho_registration_id' => '']]
        );

        $this->assertSame([6500, 3500, 0], [$account->registrations[0]->paid, $account->calculated(), $account->unassigned]);
        $this->assertSame(3500, $account->overdue(self::TODAY));
    }

    public function test_among_several_registrations_it_counts_for_the_currency_and_covers_what_is_oldest(): void {
        $account = self::account(
            [
                'r1' => ['installments' => [['amount' => '100.00', 'due_date' => '2026-11-01']]],
                'r2' => ['installments' => [['amount' => '100.00', 'due_date' => '2026-10-01']]],
            ],
            [['amount' => '10.00'], ['amount' => '120.00', 'zoho_registration_id' => null, 'installment_number' => '1']]
        );

        $this->assertSame([13000, 7000, 12000], [$account->paid(), $account->remaining(), $account->unassigned]);
        $this->assertSame([1000, 0], array_map(fn($one) => $one->paid, $account->registrations));
        $this->assertSame([null, null], array_map(fn($one) => $one->remaining(), $account->registrations));
        $this->assertSame([7000, 0], array_map(fn($one) => $one->overdue(self::TODAY), $account->registrations));
    }

    public function test_money_that_the_crm_counts_for_a_registration_covers_nothing_twice(): void {
        $account = self::account(
            [
                'r1' => ['paid_amount' => '100.00', 'installments' => [['amount' => '100.00', 'due_date' => '2026-10-01']]],
                'r2' => ['paid_amount' => '0.00', 'installments' => [['amount' => '100.00', 'due_date' => '2026-11-01']]],
            ],
            [['amount' => '100.00', 'zoho_registration_id' => null]]
        );

        $this->assertSame([0, 10000], array_map(fn($one) => $one->overdue(self::TODAY), $account->registrations));
        $this->assertSame([0, 10000], array_map(fn($one) => $one->remaining(), $account->registrations));
        $this->assertSame([10000, false], [$account->remaining(), $account->differs()]);
    }

    public function test_a_payment_for_a_registration_that_is_not_here_pays_no_other(): void {
        $account = self::account(['r1' => ['total_fees' => '100.00']], [['amount' => '60.00', 'zoho_registration_id' => 'gone']]);

        $this->assertSame([0, 10000, 6000], [$account->paid(), $account->remaining(), $account->elsewhere]);
    }

    public function test_the_sum_of_registrations_is_not_known_if_one_is_not(): void {
        $account = self::account(['r1' => ['total_fees' => '100.00'], 'r2' => []], [['amount' => '60.00']]);
        $this->assertSame([null, null, null], [$account->due(), $account->remaining(), $account->progress()]);
        $this->assertSame(4000, $account->registrations[0]->remaining());

        $account = self::account(
            ['r1' => ['total_fees' => '100.00', 'remaining_amount' => '30.00'], 'r2' => ['total_fees' => '50.00']],
            [['amount' => '60.00']]
        );
        $this->assertSame([9000, 8000, true], [$account->calculated(), $account->stated(), $account->differs()]);
    }

    public function test_types_that_settle_no_fees_are_left_out_once_the_administrator_names_those_that_do(): void {
        $payments = [
            ['amount' => '60.00'],
            ['amount' => '5.00', 'payment_type' => 'Resit Fee'],
            ['amount' => '1.00', 'payment_type' => null],
        ];

        $this->assertSame(6600, self::account(['r1' => []], $payments)->paid());
        $this->resetAfterTest();
        set_config('feepaymenttypes', "installment\nResit fee", 'local_mzi');
        $this->assertSame(6500, self::account(['r1' => []], $payments)->paid());
    }

    public function test_the_administrator_says_which_statuses_count(): void {
        $payments = [
            ['amount' => '1.00', 'status' => 'Cleared'],
            ['amount' => '2.00', 'status' => 'مؤكد'],
            ['amount' => '4.00', 'status' => 'Confirmed'],
            ['amount' => '8.00', 'status' => null],
        ];
        $this->assertSame(1200, self::account(['r1' => []], $payments)->paid());

        $this->resetAfterTest();
        set_config('paymentstatuses', "Cleared\nمؤكد", 'local_mzi');
        $this->assertSame(1100, self::account(['r1' => []], $payments)->paid());
        set_config('paymentstatuses', '', 'local_mzi');
        $this->assertSame(800, self::account(['r1' => []], $payments)->paid());
    }

    public function test_a_student_without_records_has_no_account(): void {
        $this->assertSame([], self::accounts([], []));
        $this->assertSame([], self::accounts([], [['amount' => '1.00', 'status' => 'Declined']]));
    }
}
