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

use local_mzi\local\brake_mode;
use local_mzi\local\closing_kind;
use local_mzi\local\enrolment_change;
use local_mzi\local\enrolment_count;
use local_mzi\local\enrolment_settings;
use local_mzi\local\enrolment_state;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\enrolment_repository;

/**
 * Makes enrolments what the CRM has, by Moodle's enrolment API. Enrolments by any other method are never touched.
 *
 * One process does it at a time. The places are locked from the reading to the end, so that a change that comes
 * meanwhile marks them as due again behind it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_update {
    /** What the brake counts these changes under. */
    public const BRAKED = 'enrolments';

    /** Places that are looked at in one transaction. */
    private const PORTION = 50;

    /** Seconds to wait for another process. */
    private const PATIENCE = 20;

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param enrolment_repository $enrolments
     * @param enrol_method $method
     * @param enrolment_comparison $comparison
     * @param brake $brake
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var enrolment_repository places and enrolments */
        private readonly enrolment_repository $enrolments,
        /** @var enrol_method our enrolment method */
        private readonly enrol_method $method,
        /** @var enrolment_comparison what is wanted beside what is there */
        private readonly enrolment_comparison $comparison,
        /** @var brake holds what would shut out too many at once */
        private readonly brake $brake,
    ) {
    }

    /**
     * Looks at places, and does what is needed.
     *
     * @param int[] $ids local ids
     * @param brake_mode $mode
     * @return enrolment_count
     */
    public function apply(array $ids, brake_mode $mode = brake_mode::ON): enrolment_count {
        $count = new enrolment_count();
        foreach (array_chunk($ids, self::PORTION) as $portion) {
            $count->add($this->in_turn($portion, $mode));
        }
        return $count;
    }

    /**
     * Looks at some places when no other process does.
     *
     * @param int[] $ids
     * @param brake_mode $mode
     * @return enrolment_count
     */
    private function in_turn(array $ids, brake_mode $mode): enrolment_count {
        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_enrol')->get_lock('apply', self::PATIENCE);
        if (!$lock) {
            $count = new enrolment_count();
            $count->busy = true;
            return $count;
        }
        try {
            return $this->attempt($ids, $mode);
        } finally {
            $lock->release();
        }
    }

    /**
     * Does all or nothing; if that fails, each place by itself, so that a bad one is in nobody's way.
     *
     * @param int[] $ids
     * @param brake_mode $mode
     * @return enrolment_count
     */
    private function attempt(array $ids, brake_mode $mode): enrolment_count {
        try {
            return $this->batch->run(fn() => $this->look($ids, $mode));
        } catch (\Throwable $fault) {
            $this->brake->release();
            $count = new enrolment_count();
            if ($fault instanceof \moodle_exception && $fault->errorcode === 'brakebusy') {
                $count->busy = true;
            } else if (count($ids) > 1) {
                foreach ($ids as $id) {
                    $count->add($this->attempt([$id], $mode));
                }
            } else {
                $this->refused($ids[0], $fault);
                $count->failed = 1;
            }
            return $count;
        } finally {
            $this->brake->release();
        }
    }

    /**
     * Remembers that Moodle refused.
     *
     * @param int $id
     * @param \Throwable $fault
     */
    private function refused(int $id, \Throwable $fault): void {
        foreach ($this->enrolments->facts([$id]) as $fact) {
            $this->enrolments->note([$id => [enrolment_state::FAILED, $fact->ueid]]);
        }
        // No message: it may hold personal data.
        debugging("local_mzi: place $id: " . get_class($fault) . ' at ' . basename($fault->getFile()) . ":{$fault->getLine()}");
    }

    /**
     * Looks at some places inside a transaction.
     *
     * @param int[] $ids
     * @param brake_mode $mode
     * @return enrolment_count
     */
    private function look(array $ids, brake_mode $mode): enrolment_count {
        $all = $this->enrolments->with_siblings($ids);
        $this->enrolments->lock($all);
        $facts = $this->enrolments->facts($all);
        $plan = $this->comparison->plan($facts);
        $refusal = $this->comparison->refusal();
        $count = new enrolment_count();
        if ($refusal !== null) {
            $ids = array_intersect($ids, array_keys($facts));
            $this->enrolments->note(array_combine($ids, array_map(fn(int $id) => [
                $plan->desired[$id]->place() === null ? $plan->desired[$id]->state : $refusal,
                $facts[$id]->ueid,
            ], $ids)));
            $count->failed = $refusal === enrolment_state::FAILED ? count($ids) : 0;
            return $count;
        }
        $changes = $plan->changes($ids);
        $needed = array_filter($changes, fn(enrolment_change $change) => $change->is_needed(enrolment_settings::unenrols()));
        $held = $this->held($needed, $mode);
        $made = $this->carry_out($needed, $held, $count);
        $this->write_states($ids, $facts, $plan, $changes, $held, $made);
        $count->held = count($held);
        return $count;
    }

    /**
     * The records whose ends the brake does not let through. As long as a person has to look at some, none goes through.
     *
     * @param array<string, enrolment_change> $needed by place
     * @param brake_mode $mode
     * @return array<int, true> by local id
     */
    private function held(array $needed, brake_mode $mode): array {
        $closing = array_filter($needed, fn(enrolment_change $change) => $change->is_closing());
        if (!$closing) {
            return [];
        }
        if ($mode === brake_mode::ON && $this->enrolments->held()) {
            $mode = brake_mode::HOLD;
        }
        $ids = array_map(function (enrolment_change $change): string {
            $records = $change->owners + $change->wishing;
            return reset($records)->zoho_enrollment_id;
        }, $closing);
        $living = fn() => $this->enrolments->count_active();
        $through = $this->brake->admit(self::BRAKED, closing_kind::STATUS, array_values($ids), $living, $mode);
        $held = [];
        foreach (array_slice($closing, $through, null, true) as $change) {
            $held += array_map(fn() => true, $change->owners + $change->wishing);
        }
        return $held;
    }

    /**
     * Ends, makes and changes enrolments; ends first.
     *
     * @param array<string, enrolment_change> $needed by place
     * @param array<int, true> $held
     * @param enrolment_count $count
     * @return array<string, int|null> ids of the enrolments, null where there is none any more, by place
     */
    private function carry_out(array $needed, array $held, enrolment_count $count): array {
        uasort($needed, fn(enrolment_change $one, enrolment_change $other) => ($one->wish !== null) <=> ($other->wish !== null));
        $made = [];
        foreach ($needed as $place => $change) {
            $records = $change->wish === null ? $change->owners : $change->wishing;
            if (!array_diff_key($records, $held)) {
                continue;
            }
            if ($change->wish === null) {
                $made[$place] = $this->method->leave($change->actual, enrolment_settings::unenrols());
                $count->left++;
            } else {
                $made[$place] = $this->method->enrol($change, $this->comparison->role());
                $count->changed++;
            }
        }
        return $made;
    }

    /**
     * Notes what became of the records.
     *
     * @param int[] $ids those that were to be looked at
     * @param array<int, \stdClass> $facts
     * @param enrolment_plan $plan
     * @param array<string, enrolment_change> $changes
     * @param array<int, true> $held
     * @param array<string, int|null> $made
     */
    private function write_states(
        array $ids,
        array $facts,
        enrolment_plan $plan,
        array $changes,
        array $held,
        array $made
    ): void {
        $ids = array_flip($ids);
        foreach ($changes as $change) {
            $ids += $change->wishing + $change->owners;
        }
        $notes = [];
        foreach (array_keys(array_intersect_key($ids, $facts)) as $id) {
            $desired = $plan->desired[$id];
            $place = $desired->place();
            $owned = $plan->owned($id);
            if (isset($held[$id])) {
                $notes[$id] = [enrolment_state::HELD, $owned === null ? null : $plan->actual($owned)?->id];
            } else if ($place === null) {
                $left = $owned !== null && array_key_exists($owned, $made);
                $notes[$id] = [$desired->state, $left ? $made[$owned] : $plan->actual((string) $owned)?->id];
            } else {
                $notes[$id] = [$changes[$place]->wish->state, $made[$place] ?? $plan->actual($place)?->id];
            }
        }
        $this->enrolments->note(array_map(
            fn(array $note) => [$note[0], $note[1] === null ? null : (int) $note[1]],
            $notes
        ));
    }
}
