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

use local_mzi\local\enrolment_change;
use local_mzi\local\enrolment_settings;
use local_mzi\local\enrolment_state;
use local_mzi\repository\enrolment_repository;
use local_mzi\repository\role_repository;

/**
 * Enrolments that the CRM wants beside those that Moodle has.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_comparison {
    /**
     * Constructor.
     *
     * @param enrolment_repository $enrolments
     * @param enrol_method $method
     * @param role_repository $roles
     */
    public function __construct(
        /** @var enrolment_repository places and enrolments */
        private readonly enrolment_repository $enrolments,
        /** @var enrol_method our enrolment method */
        private readonly enrol_method $method,
        /** @var role_repository roles by name */
        private readonly role_repository $roles,
    ) {
    }

    /**
     * Which of some places are not what they should be, as far as is seen without a lock.
     *
     * @param int[] $ids local ids
     * @return int[]
     */
    public function differing(array $ids): array {
        $facts = $this->enrolments->facts($this->enrolments->with_siblings($ids));
        $refusal = $this->refusal();
        $plan = $this->plan($facts);
        return array_values(array_filter($ids, function (int $id) use ($facts, $plan, $refusal): bool {
            $place = isset($plan->desired[$id]) ? $plan->desired[$id]->place() : null;
            $changes = $plan->changes([$id]);
            $expected = match (true) {
                !isset($plan->desired[$id]) => null,
                $place === null => $plan->desired[$id]->state,
                default => $refusal ?? $changes[$place]->wish->state,
            };
            $needed = array_filter($changes, fn(enrolment_change $change) => $change->is_needed(enrolment_settings::unenrols()));
            return $expected !== null && (($needed && $refusal === null) || $facts[$id]->state !== $expected->value);
        }));
    }

    /**
     * Why nobody can be enrolled at all.
     *
     * @return enrolment_state|null
     */
    public function refusal(): ?enrolment_state {
        return match (true) {
            $this->method->plugin() === null => enrolment_state::NO_METHOD,
            $this->role() === null => enrolment_state::FAILED,
            default => null,
        };
    }

    /**
     * The role of students in their courses.
     *
     * @return int|null null where the setting names one that is not there
     */
    public function role(): ?int {
        return $this->roles->id(enrolment_settings::role());
    }

    /**
     * What is wanted beside what is there.
     *
     * @param array<int, \stdClass> $facts
     * @return enrolment_plan
     */
    public function plan(array $facts): enrolment_plan {
        $actuals = $this->enrolments->actuals($this->enrolments->users($facts), $this->role() ?? 0);
        return new enrolment_plan($facts, $actuals, enrolment_settings::keeps());
    }
}
