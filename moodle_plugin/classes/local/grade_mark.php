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

use local_mzi\service\site_day;

/**
 * One grade that is to be told: the gradebook's, or that of an attempt.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_mark {
    /**
     * Constructor.
     *
     * @param \stdClass $item grade item, with the gradebook's grade of the user where there is one
     * @param int $userid
     * @param \stdClass|null $attempt row of assign_grades with its comment
     * @param bool $latest whether no attempt came behind it
     */
    public function __construct(
        /** @var \stdClass grade item, with the gradebook's grade of the user where there is one */
        public readonly \stdClass $item,
        /** @var int whom it is about */
        public readonly int $userid,
        /** @var \stdClass|null row of assign_grades with its comment */
        public readonly ?\stdClass $attempt = null,
        /** @var bool whether no attempt came behind it */
        public readonly bool $latest = true,
    ) {
    }

    /**
     * The CRM's key of the grade: the same for each telling of one attempt.
     *
     * @return string
     */
    public function key(): string {
        $work = $this->item->itemmodule === 'assign' ? $this->item->iteminstance : "i{$this->item->itemid}";
        return "{$this->userid}_{$this->item->courseid}_{$work}_{$this->number()}";
    }

    /**
     * Which attempt it is, from 1.
     *
     * @return int
     */
    public function number(): int {
        return $this->attempt === null ? 1 : (int) $this->attempt->attemptnumber + 1;
    }

    /**
     * Whether what counts stands in the gradebook alone: there is no attempt, or a teacher put another grade there.
     *
     * @return bool
     */
    public function is_the_gradebooks(): bool {
        return $this->attempt === null || ($this->latest && !empty($this->item->overridden));
    }

    /**
     * The grade as Moodle stores it.
     *
     * @return string|null null for none
     */
    public function value(): ?string {
        $value = $this->is_the_gradebooks() ? $this->item->finalgrade ?? null : $this->attempt->grade;
        return $value === null || (float) $value < 0 ? null : (string) $value;
    }

    /**
     * The words of the item's scale, from the lowest.
     *
     * @return string[]|null null for an item with points
     */
    public function scale(): ?array {
        global $CFG;
        // Cron may come here without the library of grades.
        require_once($CFG->libdir . '/grade/constants.php');
        $words = (int) $this->item->gradetype === GRADE_TYPE_SCALE ? (string) $this->item->scale : '';
        return $words === '' ? null : array_map('trim', explode(',', $words));
    }

    /**
     * The word of the scale that the grade stands for.
     *
     * @return string|null
     */
    public function word(): ?string {
        $scale = $this->scale();
        $value = $this->value();
        return $scale === null || $value === null ? null : $scale[(int) round((float) $value) - 1] ?? null;
    }

    /**
     * Who graded it.
     *
     * @return int|null user id
     */
    public function grader(): ?int {
        $id = (int) ($this->is_the_gradebooks() ? $this->item->usermodified ?? 0 : $this->attempt->grader);
        return $id > 0 ? $id : null;
    }

    /**
     * What the grader wrote.
     *
     * @return string|null plain text
     */
    public function feedback(): ?string {
        $told = plain_text::of($this->attempt?->commenttext);
        return $told ?? ($this->latest ? plain_text::of($this->item->feedback ?? null) : null);
    }

    /**
     * When it was made and changed.
     *
     * @return int[] epoch seconds
     */
    public function times(): array {
        $row = $this->attempt ?? $this->item;
        $times = ['timecreated' => (int) ($row->timecreated ?? 0), 'timemodified' => (int) ($row->timemodified ?? 0)];
        if ($this->is_the_gradebooks()) {
            $times['timemodified'] = max($times['timemodified'], (int) ($this->item->timemodified ?? 0));
        }
        return $times;
    }

    /**
     * The day of that, in the time zone of the site.
     *
     * @return string|null YYYY-MM-DD
     */
    public function day(): ?string {
        $time = $this->times()['timemodified'];
        return $time > 0 ? site_day::of($time) : null;
    }
}
