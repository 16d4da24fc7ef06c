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

/**
 * The payment schedule of one registration.
 *
 * A payment that names an instalment covers that one first. All other money covers the instalments in the order
 * in which they fall due, and a refund opens the last of them again. Instalments in another currency than the
 * registration's are listed but take no part.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class schedule {
    /** @var instalment[] all, in the order in which they fall due */
    public readonly array $instalments;

    /** @var instalment[] those that money of the registration's currency can cover, in the same order */
    private readonly array $payable;

    /**
     * Constructor.
     *
     * @param instalment[] $instalments
     * @param string $currency of the registration
     */
    public function __construct(array $instalments, string $currency) {
        usort($instalments, self::order(...));
        $this->instalments = $instalments;
        $this->payable = array_values(array_filter(
            $instalments,
            fn(instalment $one) => $one->currency === $currency && $one->amount !== null
        ));
    }

    /**
     * What the schedule asks for in all.
     *
     * @return int|null hundredths; null without a schedule, and where an amount or its currency does not fit
     */
    public function total(): ?int {
        return $this->instalments && count($this->payable) === count($this->instalments)
            ? array_sum(array_map(fn(instalment $one) => $one->amount, $this->instalments))
            : null;
    }

    /**
     * Covers the instalments.
     *
     * @param array<int, array{0: int|null, 1: int}> $payments pairs of instalment number and hundredths
     * @param int $more hundredths that were settled beside these payments, by the CRM's word
     */
    public function settle(array $payments, int $more = 0): void {
        $pool = $more;
        foreach ($this->by_number($payments) as [$instalment, $money]) {
            $pool += $instalment && $money > 0 ? $instalment->cover($money) : $money;
        }
        self::spread($this->payable, $pool);
    }

    /**
     * Covers the instalments of several registrations by money that names none of them.
     *
     * @param self[] $schedules of one currency
     * @param int $money hundredths
     */
    public static function settle_all(array $schedules, int $money): void {
        $payable = array_merge([], ...array_map(fn(self $schedule) => $schedule->payable, $schedules));
        usort($payable, self::order(...));
        self::spread($payable, $money);
    }

    /**
     * Covers what is open, the oldest first; opens the last again if the money is less than nothing. What the CRM
     * calls paid is covered before all else, for its money is among the payments, and is never opened.
     *
     * @param instalment[] $instalments in the order in which they fall due
     * @param int $money hundredths
     */
    private static function spread(array $instalments, int $money): void {
        $closed = array_filter($instalments, fn(instalment $one) => $one->closed);
        $open = array_filter($instalments, fn(instalment $one) => !$one->closed);
        if ($money < 0) {
            foreach (array_reverse($open) as $one) {
                $money = -$one->uncover(-$money);
            }
            return;
        }
        foreach ([...$closed, ...$open] as $one) {
            $money = $one->cover($money);
        }
    }

    /**
     * The sums that were paid for each instalment, and the sum of all others.
     *
     * @param array<int, array{0: int|null, 1: int}> $payments
     * @return array<int, array{0: instalment|null, 1: int}>
     */
    private function by_number(array $payments): array {
        $sums = [];
        foreach ($payments as [$number, $money]) {
            $sums[$number ?? ''] = ($sums[$number ?? ''] ?? 0) + $money;
        }
        $numbered = [];
        foreach ($this->payable as $one) {
            $numbered[$one->number ?? 'none'] ??= $one;
        }
        return array_map(
            fn(int|string $number) => [$number === '' ? null : ($numbered[$number] ?? null), $sums[$number]],
            array_keys($sums)
        );
    }

    /**
     * By due date, those without one last; then by number.
     *
     * @param instalment $one
     * @param instalment $other
     * @return int
     */
    private static function order(instalment $one, instalment $other): int {
        return [$one->duedate === null, $one->duedate, $one->number === null, $one->number]
            <=> [$other->duedate === null, $other->duedate, $other->number === null, $other->number];
    }
}
