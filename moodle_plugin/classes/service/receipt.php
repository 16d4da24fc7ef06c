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

use local_mzi\local\feature;
use local_mzi\local\student;
use local_mzi\repository\finance_repository;
use local_mzi\repository\student_repository;

/**
 * Receipts: for which payments there is one, and who gets it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class receipt {
    /**
     * Constructor.
     *
     * @param finance_repository $payments
     * @param student_repository $students
     * @param student_access $access
     */
    public function __construct(
        /** @var finance_repository the payments */
        private readonly finance_repository $payments,
        /** @var student_repository the students */
        private readonly student_repository $students,
        /** @var student_access who sees whom */
        private readonly student_access $access,
    ) {
    }

    /**
     * Whether there is a receipt of a payment: receipts are switched on, and the money was received.
     *
     * @param \stdClass $payment row
     * @return bool
     */
    public static function is_available(\stdClass $payment): bool {
        return feature::FINANCE->is_on() && feature::RECEIPTS->is_on() && payment_rule::is_received($payment);
    }

    /**
     * The payment of a receipt and its student, if the current user may see the student.
     *
     * @param int $paymentid row of the payment
     * @return array{0: \stdClass, 1: student} the payment with the number and programme of its registration
     * @throws \moodle_exception nostudent, the same for a payment of another as for one that is not there;
     *     page_switchedoff; receipt_none
     */
    public function find(int $paymentid): array {
        feature::FINANCE->require_on();
        feature::RECEIPTS->require_on();
        $payment = $this->payments->payment($paymentid);
        $student = $this->access->require(
            $payment ? $this->students->by_zoho_id((string) $payment->zoho_student_id) : null
        );
        if (!self::is_available($payment)) {
            throw new \moodle_exception('receipt_none', 'local_mzi');
        }
        return [$payment, $student];
    }
}
