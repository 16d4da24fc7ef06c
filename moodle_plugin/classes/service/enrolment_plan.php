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

use local_mzi\local\desired_enrolment;
use local_mzi\local\enrolment_change;

/**
 * Lays what records want beside the enrolments that are there. Several records may want the same enrolment.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_plan {
    /** @var array<int, desired_enrolment> what each record wants, by local id */
    public readonly array $desired;

    /** @var array<int, array<string, true>> the places that each record has to do with, by local id */
    private array $places = [];

    /** @var array<int, string> the place of the enrolment that was made for each record, by local id */
    private array $owned = [];

    /** @var array<string, enrolment_change> by place */
    private array $changes = [];

    /**
     * Constructor.
     *
     * @param array<int, \stdClass> $facts all records of some users, by local id
     * @param array<int, \stdClass> $actuals all enrolments of these users by our method, by id
     * @param bool $keep whether students stay active in classes that have ended
     */
    public function __construct(array $facts, array $actuals, bool $keep) {
        $this->desired = array_map(fn(\stdClass $fact) => enrolment_rule::desired($fact, $keep), $facts);
        $wishing = [];
        $owners = [];
        foreach ($facts as $id => $fact) {
            $place = $this->desired[$id]->place();
            if ($place !== null) {
                $wishing[$place][$id] = $fact;
                $this->places[$id][$place] = true;
            }
            $actual = $actuals[(int) $fact->ueid] ?? null;
            if ($actual !== null) {
                $owned = desired_enrolment::place_of((int) $actual->userid, (int) $actual->courseid);
                $owners[$owned][$id] = $fact;
                $this->owned[$id] = $owned;
                $this->places[$id][$owned] = true;
            }
        }
        $there = [];
        foreach ($actuals as $actual) {
            $there[desired_enrolment::place_of((int) $actual->userid, (int) $actual->courseid)] ??= $actual;
        }
        foreach (array_keys($wishing + $owners) as $place) {
            $this->changes[$place] = $this->change($wishing[$place] ?? [], $owners[$place] ?? [], $there[$place] ?? null);
        }
    }

    /**
     * What is to be done at the places that some records have to do with.
     *
     * @param int[] $ids
     * @return array<string, enrolment_change> by place; also those where nothing is needed
     */
    public function changes(array $ids): array {
        $wanted = array_intersect_key($this->places, array_flip($ids));
        return array_intersect_key($this->changes, array_merge([], ...array_values($wanted)));
    }

    /**
     * The place of the enrolment that was made for a record.
     *
     * @param int $id
     * @return string|null
     */
    public function owned(int $id): ?string {
        return $this->owned[$id] ?? null;
    }

    /**
     * The enrolment that stands at a place.
     *
     * @param string $place
     * @return \stdClass|null
     */
    public function actual(string $place): ?\stdClass {
        return $this->changes[$place]->actual ?? null;
    }

    /**
     * What is to be done at a place.
     *
     * @param array<int, \stdClass> $wishing
     * @param array<int, \stdClass> $owners
     * @param \stdClass|null $actual
     * @return enrolment_change
     */
    private function change(array $wishing, array $owners, ?\stdClass $actual): enrolment_change {
        $wish = null;
        foreach (array_keys($wishing) as $id) {
            $wish = $wish === null ? $this->desired[$id] : $wish->merged($this->desired[$id]);
        }
        $unproven = array_filter(array_keys($owners), fn(int $id) => !$this->desired[$id]->proven);
        return new enrolment_change($wish, $actual, $wishing, $owners, $wish === null && !$unproven);
    }
}
