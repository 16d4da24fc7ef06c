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

namespace local_mzi\local\finance;

use local_mzi\local\decimal;

/**
 * What one registration costs and what is paid of it. Amounts are hundredths of its currency; null is "not known".
 *
 * The amount due is what its payment schedule asks for; without a complete schedule the fees less the discount.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class registration_account {
    /** @var string code, "" if the CRM gives none */
    public readonly string $currency;

    /** @var int|null fees before the discount */
    public readonly ?int $fees;

    /** @var int|null hundredths of a per cent; null also where the CRM's number is no percentage */
    public readonly ?int $percentage;

    /** @var schedule its instalments */
    public readonly schedule $schedule;

    /** @var bool whether the schedule says what is due */
    public readonly bool $byschedule;

    /** @var int|null what is to be paid in all */
    public readonly ?int $due;

    /** @var int|null what remains by the CRM's own word */
    public readonly ?int $stated;

    /** @var int what was paid */
    public readonly int $paid;

    /** @var int what was settled beside the payments, by the CRM's word */
    public readonly int $settledbeside;

    /**
     * Constructor.
     *
     * @param \stdClass $row of the table of registrations, with a list of instalment rows
     * @param \stdClass[] $payments rows of payments that settle its fees
     * @param bool $ispaidknown whether these are all payments that can be for it
     */
    public function __construct(
        /** @var \stdClass row of the table of registrations */
        public readonly \stdClass $row,
        array $payments,
        /** @var bool whether the payments are all that can be for it */
        private readonly bool $ispaidknown,
    ) {
        $this->currency = account::currency_code($row->currency);
        $this->fees = decimal::hundredths($row->total_fees);
        $this->percentage = self::percentage($row->discount_percentage);
        $this->schedule = new schedule(
            array_map(fn(\stdClass $one) => instalment::of_row($one, $this->currency), $row->installments),
            $this->currency
        );
        $this->byschedule = $this->schedule->total() !== null;
        $this->due = $this->schedule->total() ?? $this->net_fees();
        $this->stated = $this->by_crm();
        $this->paid = array_sum(array_map(fn(\stdClass $payment) => decimal::hundredths($payment->amount), $payments));
        $this->settledbeside = $this->due === null || $this->stated === null
            ? 0
            : max(0, $this->due - $this->stated - $this->paid);
        $this->schedule->settle(array_map(fn(\stdClass $payment) => [
            $payment->installment_number === null ? null : (int) $payment->installment_number,
            decimal::hundredths($payment->amount),
        ], $payments), $this->settledbeside);
    }

    /**
     * What the discount takes away: the CRM's percentage of the fees, as far as less is due than the fees. A schedule
     * that asks for less still covers a part of the fees; nobody has called that a discount.
     *
     * @return int|null hundredths; 0 where the fees that the CRM gives are less the discount already
     */
    public function discount(): ?int {
        return $this->fees === null || $this->due === null
            ? null
            : min($this->fees - $this->net_fees(), max(0, $this->fees - $this->due));
    }

    /**
     * What remains by the payments.
     *
     * @return int|null hundredths, below 0 if more was paid than was due
     */
    public function calculated(): ?int {
        return $this->due === null || !$this->ispaidknown ? null : $this->due - $this->paid;
    }

    /**
     * What remains: the CRM's word, and where it says nothing the payments'.
     *
     * @return int|null hundredths
     */
    public function remaining(): ?int {
        return $this->stated ?? $this->calculated();
    }

    /**
     * Whether the CRM says otherwise than the payments.
     *
     * @return bool
     */
    public function differs(): bool {
        return $this->stated !== null && $this->calculated() !== null && $this->stated !== $this->calculated();
    }

    /**
     * What should have been paid before today and was not.
     *
     * @param string $today "YYYY-MM-DD"
     * @return int hundredths
     */
    public function overdue(string $today): int {
        $late = array_filter(
            $this->schedule->instalments,
            fn(instalment $one) => $one->currency === $this->currency && $one->state($today) === instalment_state::OVERDUE
        );
        return array_sum(array_map(fn(instalment $one) => $one->open() ?? 0, $late));
    }

    /**
     * The fees less the discount.
     *
     * @return int|null hundredths
     */
    private function net_fees(): ?int {
        return $this->fees === null || $this->fees < 0
            ? $this->fees
            : $this->fees - decimal::share($this->fees, $this->percentage ?? 0);
    }

    /**
     * What remains by the CRM: its own amount, or else what is due less what the CRM says was paid.
     *
     * @return int|null hundredths
     */
    private function by_crm(): ?int {
        $paid = decimal::hundredths($this->row->paid_amount);
        return decimal::hundredths($this->row->remaining_amount)
            ?? ($paid === null || $this->due === null ? null : $this->due - $paid);
    }

    /**
     * A percentage that can be one.
     *
     * @param string|null $value "12.50"
     * @return int|null hundredths of a per cent
     */
    private static function percentage(?string $value): ?int {
        $percentage = decimal::hundredths($value);
        return $percentage !== null && $percentage >= 0 && $percentage <= 10000 ? $percentage : null;
    }
}
