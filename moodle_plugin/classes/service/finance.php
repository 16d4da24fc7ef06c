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
use local_mzi\local\finance\registration_account;

/**
 * The one calculation of what a student owes and has paid: an account for each currency, never a sum over two.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class finance {
    /**
     * The accounts of a student. A payment is for the registration that it names. One that names none is for the
     * only registration in its currency; where there are several it counts for the currency as a whole.
     *
     * @param \stdClass[] $registrations rows, each with the rows of its instalments in `installments`
     * @param \stdClass[] $payments rows, whatever their status
     * @return account[] by currency
     */
    public static function accounts(array $registrations, array $payments): array {
        $owed = self::by_currency($registrations);
        $paid = self::by_currency(array_filter($payments, payment_rule::settles_fees(...)));
        $currencies = array_keys($owed + $paid);
        sort($currencies, SORT_STRING);
        return array_map(
            fn(string $currency) => self::account($currency, $owed[$currency] ?? [], $paid[$currency] ?? []),
            $currencies
        );
    }

    /**
     * The account of one currency.
     *
     * @param string $currency
     * @param \stdClass[] $registrations in it
     * @param \stdClass[] $payments in it that settle fees
     * @return account
     */
    private static function account(string $currency, array $registrations, array $payments): account {
        $only = count($registrations) === 1 ? reset($registrations)->zoho_registration_id : '';
        $for = [];
        foreach ($payments as $payment) {
            $for['#' . ($payment->zoho_registration_id ?: $only)][] = $payment;
        }
        $unassigned = $for['#'] ?? [];
        $accounts = [];
        foreach ($registrations as $registration) {
            $own = '#' . $registration->zoho_registration_id;
            $accounts[] = new registration_account($registration, $for[$own] ?? [], !$unassigned);
            unset($for[$own]);
        }
        unset($for['#']);
        return new account($currency, $accounts, $unassigned, array_merge(...array_values($for)));
    }

    /**
     * Rows by currency.
     *
     * @param \stdClass[] $rows
     * @return array<string, \stdClass[]> by code
     */
    private static function by_currency(array $rows): array {
        $groups = [];
        foreach ($rows as $row) {
            $groups[account::currency_code($row->currency)][] = $row;
        }
        return $groups;
    }
}
