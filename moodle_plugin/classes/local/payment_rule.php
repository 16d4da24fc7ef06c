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

namespace local_mzi\local;

/**
 * Which payments count: by the administrator's two lists.
 *
 * A payment without a status counts. Where the CRM keeps no status, a payment that exists was received.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class payment_rule {
    /** Statuses of payments that were received, unless the administrator wants others. */
    public const DEFAULT_STATUSES = 'Confirmed';

    /**
     * Constructor.
     *
     * @param word_list $statuses
     * @param word_list $feetypes
     */
    public function __construct(
        /** @var word_list statuses of payments that were received */
        private readonly word_list $statuses,
        /** @var word_list types of payments that settle the fees of a programme; empty: all */
        private readonly word_list $feetypes,
    ) {
    }

    /**
     * The rule in force.
     *
     * @return self
     */
    public static function current(): self {
        return new self(
            word_list::of_setting('paymentstatuses', self::DEFAULT_STATUSES),
            word_list::of_setting('feepaymenttypes', ''),
        );
    }

    /**
     * Whether the money was received. Only then there is a receipt.
     *
     * @param \stdClass $payment with status and amount
     * @return bool
     */
    public function received(\stdClass $payment): bool {
        return $payment->amount !== null
            && (trim($payment->status ?? '') === '' || $this->statuses->has($payment->status));
    }

    /**
     * Whether the payment settles fees of a programme.
     *
     * @param \stdClass $payment with status, amount and payment_type
     * @return bool
     */
    public function settles_fees(\stdClass $payment): bool {
        return $this->received($payment) && ($this->feetypes->is_empty() || $this->feetypes->has($payment->payment_type));
    }
}
