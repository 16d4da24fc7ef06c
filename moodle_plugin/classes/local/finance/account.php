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
 * What a student owes and has paid in one currency. Amounts are hundredths; null is "not known".
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class account {
    /** @var int what was paid without a word for which of the registrations */
    public readonly int $unassigned;

    /** @var int what was paid for registrations that are not here */
    public readonly int $elsewhere;

    /**
     * Constructor.
     *
     * @param string $currency
     * @param registration_account[] $registrations
     * @param \stdClass[] $unassigned rows of payments
     * @param \stdClass[] $elsewhere rows of payments
     */
    public function __construct(
        /** @var string code, "" for what the CRM gives without one */
        public readonly string $currency,
        /** @var registration_account[] the registrations that are paid in it */
        public readonly array $registrations,
        array $unassigned,
        array $elsewhere,
    ) {
        $sum = fn(array $payments) => array_sum(array_map(fn($one) => decimal::hundredths($one->amount), $payments));
        $this->unassigned = $sum($unassigned);
        $this->elsewhere = $sum($elsewhere);
        $beside = array_sum(array_map(fn(registration_account $one) => $one->settledbeside, $registrations));
        schedule::settle_all(
            array_map(fn(registration_account $one) => $one->schedule, $registrations),
            $this->unassigned < 0 ? $this->unassigned : max(0, $this->unassigned - $beside)
        );
    }

    /**
     * A currency code as accounts are told apart by it.
     *
     * @param string|null $code
     * @return string "" for none
     */
    public static function currency_code(?string $code): string {
        return \core_text::strtoupper(trim($code ?? ''));
    }

    /**
     * The fees of all registrations, before discounts.
     *
     * @return int|null
     */
    public function fees(): ?int {
        return $this->total(fn(registration_account $one) => $one->fees);
    }

    /**
     * What all discounts take away.
     *
     * @return int hundredths
     */
    public function discount(): int {
        return array_sum(array_map(fn(registration_account $one) => $one->discount() ?? 0, $this->registrations));
    }

    /**
     * What is to be paid in all.
     *
     * @return int|null
     */
    public function due(): ?int {
        return $this->total(fn(registration_account $one) => $one->due);
    }

    /**
     * What was paid for the registrations that are here.
     *
     * @return int
     */
    public function paid(): int {
        return $this->unassigned + array_sum(array_map(fn(registration_account $one) => $one->paid, $this->registrations));
    }

    /**
     * What remains by the payments.
     *
     * @return int|null below 0 if more was paid than was due
     */
    public function calculated(): ?int {
        return $this->due() === null ? null : $this->due() - $this->paid();
    }

    /**
     * What remains by the CRM's own word on the registrations; by the payments where it says nothing of one.
     *
     * @return int|null null also if the CRM says nothing of any
     */
    public function stated(): ?int {
        $silent = fn(registration_account $one) => $one->stated === null;
        return array_filter($this->registrations, $silent) === $this->registrations
            ? null
            : $this->total(fn(registration_account $one) => $one->remaining());
    }

    /**
     * What remains: the CRM's word, and where it says nothing the payments'.
     *
     * @return int|null
     */
    public function remaining(): ?int {
        return $this->stated() ?? $this->calculated();
    }

    /**
     * Whether the CRM says otherwise than the payments.
     *
     * @return bool
     */
    public function differs(): bool {
        return $this->stated() !== null && $this->calculated() !== null && $this->stated() !== $this->calculated();
    }

    /**
     * What should have been paid before today and was not.
     *
     * @param string $today "YYYY-MM-DD"
     * @return int
     */
    public function overdue(string $today): int {
        return array_sum(array_map(fn(registration_account $one) => $one->overdue($today), $this->registrations));
    }

    /**
     * How much of what is due is settled.
     *
     * @return int|null whole per cents, rounded down: 100 only if nothing remains
     */
    public function progress(): ?int {
        $due = $this->due();
        $remaining = $this->remaining();
        if ($due === null || $remaining === null) {
            return null;
        }
        return $remaining <= 0 ? 100 : ($due <= 0 ? 0 : max(0, intdiv(($due - $remaining) * 100, $due)));
    }

    /**
     * A sum over the registrations.
     *
     * @param callable $amount
     * @return int|null null if there is no registration, or one whose amount is not known
     */
    private function total(callable $amount): ?int {
        $amounts = array_map($amount, $this->registrations);
        return !$amounts || in_array(null, $amounts, true) ? null : array_sum($amounts);
    }
}
