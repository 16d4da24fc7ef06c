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

use local_mzi\local\audience;
use local_mzi\local\crm_word;
use local_mzi\local\finance\instalment_state;

/**
 * The tab that shows the student's fees and payments.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class finance_tab extends tab_body {
    /** How the state of an instalment is marked. */
    private const BADGES = ['paid' => 'good', 'overdue' => 'bad', 'due' => 'warn', 'upcoming' => '', 'undated' => ''];

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'text' => get_string('finance_empty', 'local_mzi'),
            'isempty' => !$this->data['accounts'] && !$this->data['payments'],
            'accounts' => array_map($this->account(...), $this->data['accounts']),
            'payments' => array_map($this->payment(...), $this->data['payments']),
        ];
    }

    /**
     * An account.
     *
     * @param array $account
     * @return array
     */
    private function account(array $account): array {
        $currency = $account['currency'];
        return [
            'title' => $currency === ''
                ? get_string('finance_account_unnamed', 'local_mzi')
                : get_string('finance_account', 'local_mzi', $currency),
            'issingle' => count($account['registrations']) === 1 && $account['elsewhere'] === '0.00',
            'lines' => $account['registrations'] ? [
                ...$this->owed($account, $currency),
                ...self::unless_nothing('finance_unassigned', $account['unassigned'], $currency),
                ...$this->left($account, $currency),
                ...self::unless_nothing('finance_elsewhere', $account['elsewhere'], $currency),
            ] : [
                ...self::unless_nothing('finance_paid', $account['unassigned'], $currency),
                ...self::unless_nothing('finance_elsewhere', $account['elsewhere'], $currency),
            ],
            'progress' => $account['progress'],
            'percent' => $account['progress'] === null ? null : self::percent((string) $account['progress']),
            'isincomplete' => $account['registrations'] && $account['due'] === null,
            'comparison' => $this->comparison($account, $currency),
            'registrations' => array_map(
                fn(array $registration) => $this->registration($registration, $currency),
                $account['registrations']
            ),
        ];
    }

    /**
     * A registration.
     *
     * @param array $registration
     * @param string $currency
     * @return array
     */
    private function registration(array $registration, string $currency): array {
        $byschedule = $registration['due_by'] === 'schedule';
        return [
            'program' => $registration['program_name'] ?: get_string('page_noprogram', 'local_mzi'),
            'number' => $registration['registration_number'],
            'status' => crm_word::shown($registration['registration_status']),
            'lines' => [...$this->owed($registration, $currency), ...$this->left($registration, $currency)],
            'source' => $registration['due_by'] === null ? null : ($byschedule
                ? get_string('finance_dueby_schedule', 'local_mzi')
                : get_string('finance_dueby_fees', 'local_mzi')),
            'comparison' => $this->comparison($registration, $currency),
            'hasinstalments' => (bool) $registration['installments'],
            'instalments' => array_map(self::instalment(...), $registration['installments']),
        ];
    }

    /**
     * What is asked for and what was paid.
     *
     * @param array $of an account or a registration
     * @param string $currency
     * @return array[] lines
     */
    private function owed(array $of, string $currency): array {
        $discount = format::money($of['discount'], $currency);
        $percentage = $of['discount_percentage'] ?? null;
        if ($percentage !== null) {
            $discount = $of['discount'] === '0.00' && $percentage !== '0.00'
                ? get_string('finance_discount_included', 'local_mzi', self::percent($percentage))
                : $discount . ' (' . self::percent($percentage) . ')';
        }
        return [
            self::line(get_string('field_total_fees', 'local_mzi'), self::known($of['fees'], $currency)),
            ...($of['discount'] === null || ($of['discount'] === '0.00' && (int) str_replace('.', '', $percentage ?? '0') === 0)
                ? []
                : [self::line(get_string('finance_discount', 'local_mzi'), $discount)]),
            self::line(get_string('finance_due', 'local_mzi'), self::known($of['due'], $currency)),
            self::line(get_string('finance_paid', 'local_mzi'), self::known($of['paid'], $currency)),
        ];
    }

    /**
     * What remains, and what of that is late.
     *
     * @param array $of an account or a registration
     * @param string $currency
     * @return array[] lines
     */
    private function left(array $of, string $currency): array {
        $remaining = $of['remaining'];
        $isover = $remaining !== null && str_starts_with($remaining, '-');
        $late = $of['overdue'] === '0.00'
            ? []
            : [self::line(get_string('finance_overdue', 'local_mzi'), format::money($of['overdue'], $currency), 'bad')];
        return [
            $isover
                ? self::line(get_string('finance_overpaid', 'local_mzi'), format::money(substr($remaining, 1), $currency), 'good')
                : self::line(get_string('field_remaining_amount', 'local_mzi'), self::known($remaining, $currency), '', true),
            ...$late,
        ];
    }

    /**
     * What staff are told where the CRM says otherwise than the payments.
     *
     * @param array $of an account or a registration
     * @param string $currency
     * @return string|null
     */
    private function comparison(array $of, string $currency): ?string {
        if ($this->audience !== audience::STAFF || !$of['differs']) {
            return null;
        }
        return get_string('finance_differs', 'local_mzi', [
            'crm' => self::isolated(format::money($of['remaining_crm'], $currency)),
            'calculated' => self::isolated(format::money($of['remaining_calculated'], $currency)),
        ]);
    }

    /**
     * An instalment.
     *
     * @param array $instalment
     * @return array
     */
    private static function instalment(array $instalment): array {
        $state = instalment_state::from($instalment['state']);
        $currency = $instalment['currency'];
        return [
            'hasnumber' => $instalment['installment_number'] !== null,
            'number' => format::number($instalment['installment_number']),
            'due' => format::date($instalment['due_date']),
            'amount' => self::known($instalment['amount'], $currency),
            'open' => $state === instalment_state::PAID ? '' : self::known($instalment['open'], $currency),
            'state' => $state->title(),
            'badge' => self::BADGES[$state->value],
            'paiddate' => $state === instalment_state::PAID ? format::date($instalment['paid_date']) : '',
        ];
    }

    /**
     * A payment.
     *
     * @param array $payment
     * @return array
     */
    private function payment(array $payment): array {
        return [
            'number' => $payment['payment_number'] ?: $payment['voucher_number'],
            'date' => format::date($payment['payment_date']),
            'amount' => self::known($payment['amount'], $payment['currency']),
            'method' => crm_word::shown($payment['payment_method']),
            'type' => crm_word::shown($payment['payment_type']),
            'registration' => $payment['registration_number'],
            'status' => crm_word::shown($payment['status']),
            'received' => $payment['received'],
            'receipt' => $payment['receipt']
                ? (new \moodle_url('/local/mzi/receipt.php', ['id' => $payment['id']]))->out(false)
                : null,
        ];
    }

    /**
     * A line about money that is there only if there is some.
     *
     * @param string $string
     * @param string $amount
     * @param string $currency
     * @return array[] lines
     */
    private static function unless_nothing(string $string, string $amount, string $currency): array {
        return $amount === '0.00' ? [] : [self::line(get_string($string, 'local_mzi'), format::money($amount, $currency))];
    }

    /**
     * A line of a list.
     *
     * @param string $label
     * @param string $value
     * @param string $badge how it is marked
     * @param bool $strong
     * @return array
     */
    private static function line(string $label, string $value, string $badge = '', bool $strong = false): array {
        return ['label' => $label, 'value' => $value, 'badge' => $badge, 'strong' => $strong];
    }

    /**
     * An amount, or that it is not known.
     *
     * @param string|null $amount
     * @param string $currency
     * @return string
     */
    private static function known(?string $amount, string $currency): string {
        return $amount === null ? get_string('finance_unknown', 'local_mzi') : format::money($amount, $currency);
    }

    /**
     * An amount within a sentence, whose direction would move the sign of an amount below nothing to its end.
     *
     * @param string $amount
     * @return string
     */
    private static function isolated(string $amount): string {
        return "\u{2066}$amount\u{2069}";
    }

    /**
     * A percentage.
     *
     * @param string $number
     * @return string
     */
    private static function percent(string $number): string {
        return get_string('percents', 'moodle', format_float((float) $number, 2, true, true));
    }
}
