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

namespace local_mzi\service\payload;

use local_mzi\local\event_type;
use local_mzi\local\grade_mark;
use local_mzi\repository\grade_facts_repository;

/**
 * Finds the grades that events are about. Both events of an assignment come to the same grade.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_marks {
    /**
     * Constructor.
     *
     * @param grade_facts_repository $facts
     */
    public function __construct(
        /** @var grade_facts_repository what is told of grades */
        private readonly grade_facts_repository $facts,
    ) {
    }

    /**
     * The grades of a batch, by five queries.
     *
     * @param array<int, \stdClass> $references
     * @return array<int, grade_mark|string> under the same keys; the reason why there is none: gone, not_released
     */
    public function find(array $references): array {
        $type = fn(event_type $wanted) => array_filter($references, fn($one) => $one->event_type === $wanted->value);
        $named = $this->facts->attempts_named(array_column($type(event_type::SUBMISSION_GRADED), 'assigngradeid'));
        $booked = $this->facts->of_gradebook(array_column($type(event_type::USER_GRADED), 'gradeid'));
        $ofassign = array_filter($booked, self::is_of_assignment(...));
        $assignments = [...array_column($named, 'assignment'), ...array_column($ofassign, 'iteminstance')];
        $userids = array_map(fn(\stdClass $one) => (int) $one->userid, $references);
        $attempts = $this->facts->attempts($assignments, $userids);
        $items = $this->facts->of_assignments($assignments, $userids);
        $unreleased = $this->facts->unreleased($assignments, $userids);
        return array_map(function (\stdClass $one) use ($named, $booked, $attempts, $items, $unreleased): grade_mark|string {
            $userid = (int) $one->userid;
            if ($one->event_type === event_type::USER_GRADED->value) {
                $row = $booked[$one->gradeid] ?? null;
                $number = null;
            } else {
                $attempt = $named[$one->assigngradeid] ?? null;
                $held = $items[$attempt?->assignment] ?? [];
                $row = $held[$userid] ?? self::unbooked($held[0] ?? null);
                $number = self::number($attempts[$attempt?->assignment][$userid] ?? [], (int) $one->assigngradeid);
            }
            $work = $row !== null && self::is_of_assignment($row) ? (int) $row->iteminstance : 0;
            return match (true) {
                $row === null, $number === false => 'gone',
                $unreleased[$work][$userid] ?? $unreleased[$work][0] ?? false => 'not_released',
                default => self::mark($row, $userid, $attempts[$work][$userid] ?? [], $number),
            };
        }, $references);
    }

    /**
     * Whether an item is that of an assignment.
     *
     * @param \stdClass $item
     * @return bool
     */
    private static function is_of_assignment(\stdClass $item): bool {
        return $item->itemtype === 'mod' && $item->itemmodule === 'assign' && (int) $item->itemnumber === 0;
    }

    /**
     * The item without the grade of another user.
     *
     * @param \stdClass|null $row
     * @return \stdClass|null
     */
    private static function unbooked(?\stdClass $row): ?\stdClass {
        if ($row === null) {
            return null;
        }
        $none = ['id', 'userid', 'finalgrade', 'overridden', 'feedback', 'usermodified', 'timecreated', 'timemodified'];
        return (object) (array_fill_keys($none, null) + (array) $row);
    }

    /**
     * The number of the attempt that has this grade.
     *
     * @param array<int, \stdClass> $attempts by number
     * @param int $id of assign_grades
     * @return int|false
     */
    private static function number(array $attempts, int $id): int|false {
        return array_search($id, array_map(fn(\stdClass $attempt) => (int) $attempt->id, $attempts), true);
    }

    /**
     * One grade.
     *
     * @param \stdClass $row
     * @param int $userid
     * @param array<int, \stdClass> $attempts by number, in order
     * @param int|null $number null for the latest
     * @return grade_mark
     */
    private static function mark(\stdClass $row, int $userid, array $attempts, ?int $number): grade_mark {
        $last = array_key_last($attempts);
        $number ??= $last;
        return new grade_mark($row, $userid, $number === null ? null : $attempts[$number], $number === $last);
    }
}
