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

use local_mzi\local\course_settings;
use local_mzi\local\event_type;
use local_mzi\local\status_list;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\class_course_repository;
use local_mzi\repository\enrolment_repository;
use local_mzi\repository\outbox_repository;
use local_mzi\task\apply_enrolments;

/**
 * Gives a class its course: the one that bears its CRM id as ID number, or else a new one. Never two.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_course {
    /** Most characters of a course's names. */
    private const NAME_LENGTH = 250;

    /** What a new course has as the site says. */
    private const SITE_DEFAULTS = [
        ...['format', 'numsections', 'newsitems', 'showgrades'],
        ...['groupmode', 'groupmodeforce', 'enablecompletion'],
    ];

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param class_course_repository $courses
     * @param course_template $template
     * @param enrolment_repository $enrolments
     * @param outbox_repository $outbox
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var class_course_repository classes and courses */
        private readonly class_course_repository $courses,
        /** @var course_template copies content */
        private readonly course_template $template,
        /** @var enrolment_repository places in the class */
        private readonly enrolment_repository $enrolments,
        /** @var outbox_repository what the bridge is told */
        private readonly outbox_repository $outbox,
    ) {
    }

    /**
     * The classes that are to get a course.
     *
     * @return int[] local ids; none if the setting is off
     */
    public function wanting(): array {
        if (!course_settings::makes()) {
            return [];
        }
        $running = fn(?string $status) => status_list::RUNNING->contains($status);
        return array_keys(array_filter($this->courses->without_course(), $running));
    }

    /**
     * Gives a class its course, if it has none yet.
     *
     * @param int $classid local id
     * @return int|null id of the course; null if there is nothing to do, or another process is at it
     */
    public function make(int $classid): ?int {
        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_course')->get_lock((string) $classid, 0);
        if (!$lock) {
            return null;
        }
        try {
            $class = $this->courses->class_of($classid);
            return $class === null || $class->moodle_course_id !== null ? null : $this->fill($class);
        } finally {
            $lock->release();
        }
    }

    /**
     * Finds or makes the course, has it filled, and says that it is ready.
     *
     * @param \stdClass $class
     * @return int|null
     */
    private function fill(\stdClass $class): ?int {
        $made = $this->courses->made($class->zoho_class_id);
        if ($made?->state === class_course_repository::READY) {
            return null;
        }
        $known = $made === null ? $this->courses->by_idnumber($class->zoho_class_id) : null;
        $courseid = (int) ($made->courseid ?? $known ?? $this->create($class));
        if ($known === null && course_settings::template() !== null && !$this->courses->has_people($courseid)) {
            if ($made !== null) {
                $this->template->empty_course($courseid);
            }
            $this->template->copy(course_settings::template(), $courseid);
        }
        $this->batch->run(function () use ($class, $courseid, $known): void {
            if ($known !== null) {
                $this->courses->add($class->zoho_class_id, $courseid);
            }
            $this->ready($class, $courseid);
        });
        return $courseid;
    }

    /**
     * Makes an empty course, and remembers whose it is.
     *
     * @param \stdClass $class
     * @return int
     */
    private function create(\stdClass $class): int {
        global $CFG;
        require_once($CFG->dirroot . '/course/lib.php');
        return $this->batch->run(function () use ($class): int {
            $course = create_course((object) $this->data($class));
            $this->courses->add($class->zoho_class_id, (int) $course->id);
            return (int) $course->id;
        });
    }

    /**
     * Tells the CRM and whoever waits for the course.
     *
     * @param \stdClass $class
     * @param int $courseid
     */
    private function ready(\stdClass $class, int $courseid): void {
        $this->courses->set_ready($class->zoho_class_id);
        $facts = ['zoho_class_id' => $class->zoho_class_id, 'courseid' => $courseid];
        $this->outbox->add(event_type::CLASS_LINKED->value, $facts, null, "class:{$class->zoho_class_id}");
        $this->enrolments->mark_due('zoho_class_id', [$class->zoho_class_id]);
        apply_enrolments::queue();
    }

    /**
     * What the new course is.
     *
     * @param \stdClass $class
     * @return array
     */
    private function data(\stdClass $class): array {
        $number = (string) $class->class_number;
        $name = self::first($class->name, $class->short_name, $class->unit_name, $number, $class->zoho_class_id);
        $short = self::first($class->short_name, $number, $class->name, $class->zoho_class_id);
        if ($this->courses->has_shortname($short)) {
            $short = \core_text::substr($short, 0, 200) . " ({$class->zoho_class_id})";
        }
        $start = $class->start_date === null ? 0 : site_day::start($class->start_date);
        $end = $class->end_date === null ? 0 : site_day::start($class->end_date, 1);
        $wanted = array_flip(self::SITE_DEFAULTS);
        // A template brings its own forum of announcements.
        $forum = course_settings::template() === null ? [] : ['newsitems' => 0];
        return $forum + array_intersect_key((array) get_config('moodlecourse'), $wanted) + [
            'category' => $this->category($class),
            'fullname' => $name,
            'shortname' => $short,
            'idnumber' => $class->zoho_class_id,
            'startdate' => $start,
            'enddate' => $start > 0 && $end > $start ? $end : 0,
        ];
    }

    /**
     * Where the course goes: the programme's category, or the one of the setting, or the site's first.
     *
     * @param \stdClass $class
     * @return int
     */
    private function category(\stdClass $class): int {
        $set = course_settings::category();
        return (int) ($class->category
            ?? ($this->courses->has_category($set) ? $set : null)
            ?? \core_course_category::get_default()->id);
    }

    /**
     * The first text that is not empty.
     *
     * @param string|null ...$texts
     * @return string
     */
    private static function first(?string ...$texts): string {
        $filled = array_filter($texts, fn(?string $text) => trim((string) $text) !== '');
        return \core_text::substr(trim(reset($filled)), 0, self::NAME_LENGTH);
    }
}
