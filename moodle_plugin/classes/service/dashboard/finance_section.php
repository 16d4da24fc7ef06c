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
use local_mzi\local\finance\account;
use local_mzi\local\finance\instalment;
use local_mzi\local\finance\registration_account;
use local_mzi\local\decimal;
use local_mzi\local\student;
use local_mzi\repository\finance_repository;
use local_mzi\service\finance;
use local_mzi\service\payment_rule;
use local_mzi\service\receipt;
use local_mzi\service\site_day;

/**
 * Data of the tab that shows the student's fees and payments.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class finance_section implements section {
    /**
     * Constructor.
     *
     * @param finance_repository $repository
     * @param site_day $day
     */
    public function __construct(
        /** @var finance_repository registrations and payments */
        private readonly finance_repository $repository,
        /** @var site_day days as the school counts them */
        private readonly site_day $day,
    ) {
    }

    #[\Override]
    public function data(student $student, audience $audience): array {
        $registrations = $this->repository->registrations($student);
        $payments = $this->repository->payments($student);
        $today = $this->day->today();
        $staff = $audience === audience::STAFF;
        return [
            'accounts' => array_map(
                fn(account $account) => self::account($account, $today, $staff),
                finance::accounts($registrations, $payments)
            ),
            'payments' => array_map(
                self::payment(...),
                $payments,
                array_fill(0, count($payments), array_column($registrations, 'registration_number', 'zoho_registration_id'))
            ),
        ];
    }

    /**
     * An account. Only staff learn where the payments say otherwise than the CRM.
     *
     * @param account $account
     * @param string $today
     * @param bool $staff
     * @return array
     */
    private static function account(account $account, string $today, bool $staff): array {
        return [
            'currency' => $account->currency,
            'fees' => decimal::text($account->fees()),
            'discount' => decimal::text($account->discount()),
            'due' => decimal::text($account->due()),
            'paid' => decimal::text($account->paid()),
            'remaining' => decimal::text($account->remaining()),
            'overdue' => decimal::text($account->overdue($today)),
            'progress' => $account->progress(),
            'unassigned' => decimal::text($account->unassigned),
            'elsewhere' => decimal::text($account->elsewhere),
            'registrations' => array_map(
                fn(registration_account $registration) => self::registration($registration, $today, $staff),
                $account->registrations
            ),
        ] + ($staff ? self::comparison($account) : []);
    }

    /**
     * A registration.
     *
     * @param registration_account $registration
     * @param string $today
     * @param bool $staff
     * @return array
     */
    private static function registration(registration_account $registration, string $today, bool $staff): array {
        return [
            'registration_number' => $registration->row->registration_number,
            'program_name' => $registration->row->program_name ?? $registration->row->programme,
            'registration_status' => $registration->row->registration_status,
            'fees' => decimal::text($registration->fees),
            'discount_percentage' => decimal::text($registration->percentage),
            'discount' => decimal::text($registration->discount()),
            'due' => decimal::text($registration->due),
            'due_by' => $registration->due === null ? null : ($registration->byschedule ? 'schedule' : 'fees'),
            'paid' => decimal::text($registration->paid),
            'remaining' => decimal::text($registration->remaining()),
            'overdue' => decimal::text($registration->overdue($today)),
            'installments' => array_map(
                fn(instalment $one) => self::instalment($one, $today),
                $registration->schedule->instalments
            ),
        ] + ($staff ? self::comparison($registration) : []);
    }

    /**
     * What remains by the payments, and by the CRM.
     *
     * @param account|registration_account $of
     * @return array
     */
    private static function comparison(account|registration_account $of): array {
        return [
            'remaining_calculated' => decimal::text($of->calculated()),
            'remaining_crm' => decimal::text($of instanceof account ? $of->stated() : $of->stated),
            'differs' => $of->differs(),
        ];
    }

    /**
     * An instalment.
     *
     * @param instalment $one
     * @param string $today
     * @return array
     */
    private static function instalment(instalment $one, string $today): array {
        return [
            'installment_number' => $one->number,
            'due_date' => $one->duedate,
            'amount' => decimal::text($one->amount),
            'currency' => $one->currency,
            'open' => decimal::text($one->open()),
            'state' => $one->state($today)->value,
            'paid_date' => $one->paiddate,
        ];
    }

    /**
     * A payment.
     *
     * @param \stdClass $row
     * @param array<string, string|null> $registrations numbers by CRM id
     * @return array
     */
    private static function payment(\stdClass $row, array $registrations): array {
        return [
            'id' => (int) $row->id,
            'payment_number' => $row->payment_number,
            'payment_date' => $row->payment_date,
            'amount' => $row->amount,
            'currency' => account::currency_code($row->currency),
            'payment_method' => $row->payment_method,
            'payment_type' => $row->payment_type,
            'voucher_number' => $row->voucher_number,
            'registration_number' => $registrations[$row->zoho_registration_id] ?? null,
            'status' => $row->status,
            'received' => payment_rule::is_received($row),
            'receipt' => receipt::is_available($row),
        ];
    }
}
