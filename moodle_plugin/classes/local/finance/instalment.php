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
 * One instalment of a payment schedule and how much of it is covered. Amounts are hundredths.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class instalment {
    /** The CRM's word for an instalment that is settled. */
    private const PAID = 'paid';

    /** @var int what the payments cover of it */
    private int $covered = 0;

    /**
     * Constructor.
     *
     * @param int|null $number
     * @param string|null $duedate
     * @param int|null $amount
     * @param string $currency
     * @param bool $closed
     * @param string|null $paiddate
     */
    public function __construct(
        /** @var int|null its number in the schedule */
        public readonly ?int $number,
        /** @var string|null "YYYY-MM-DD" */
        public readonly ?string $duedate,
        /** @var int|null hundredths */
        public readonly ?int $amount,
        /** @var string code, "" if the CRM gives none */
        public readonly string $currency,
        /** @var bool whether the CRM says that it is paid */
        public readonly bool $closed,
        /** @var string|null "YYYY-MM-DD" */
        public readonly ?string $paiddate,
    ) {
    }

    /**
     * An instalment as it is stored.
     *
     * @param \stdClass $row of the table of instalments
     * @param string $currency of the registration, for an instalment that names none
     * @return self
     */
    public static function of_row(\stdClass $row, string $currency): self {
        $status = \core_text::strtolower(trim($row->status ?? ''));
        return new self(
            number: $row->installment_number === null ? null : (int) $row->installment_number,
            duedate: $row->due_date ?: null,
            amount: decimal::hundredths($row->amount),
            currency: account::currency_code($row->currency) ?: $currency,
            closed: $status === self::PAID || ($status === '' && $row->paid_date),
            paiddate: $row->paid_date ?: null,
        );
    }

    /**
     * Covers as much of it as the money suffices for.
     *
     * @param int $money hundredths, 0 or more
     * @return int what is left of the money
     */
    public function cover(int $money): int {
        $taken = min($money, max(0, ($this->amount ?? 0) - $this->covered));
        $this->covered += $taken;
        return $money - $taken;
    }

    /**
     * Takes money back, as after a refund.
     *
     * @param int $money hundredths, 0 or more
     * @return int what could not be taken here
     */
    public function uncover(int $money): int {
        $taken = min($money, $this->covered);
        $this->covered -= $taken;
        return $money - $taken;
    }

    /**
     * What the payments cover of it.
     *
     * @return int hundredths
     */
    public function covered(): int {
        return $this->covered;
    }

    /**
     * What is still to be paid of it.
     *
     * @return int|null hundredths; null if the amount is not known
     */
    public function open(): ?int {
        return $this->closed ? 0 : ($this->amount === null ? null : max(0, $this->amount - $this->covered));
    }

    /**
     * How it stands.
     *
     * @param string $today "YYYY-MM-DD"
     * @return instalment_state
     */
    public function state(string $today): instalment_state {
        return $this->open() === 0 ? instalment_state::PAID : instalment_state::open($this->duedate, $today);
    }
}
