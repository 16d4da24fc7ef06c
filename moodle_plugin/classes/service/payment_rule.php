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

use local_mzi\local\status_list;

/**
 * The one rule of which payments count.
 *
 * A payment without a status counts. Where the CRM keeps no status, a payment that exists was received.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class payment_rule {
    /**
     * Whether the money was received. Only then there is a receipt.
     *
     * @param \stdClass $payment with status and amount
     * @return bool
     */
    public static function is_received(\stdClass $payment): bool {
        return $payment->amount !== null
            && (trim($payment->status ?? '') === '' || status_list::PAYMENTS->contains($payment->status));
    }

    /**
     * Whether the payment settles fees of a programme: it was received and is of a type that does. All types do
     * until the administrator names some.
     *
     * @param \stdClass $payment with status, amount and payment_type
     * @return bool
     */
    public static function settles_fees(\stdClass $payment): bool {
        $types = status_list::FEETYPES;
        return self::is_received($payment) && (!$types->values() || $types->contains($payment->payment_type));
    }
}
