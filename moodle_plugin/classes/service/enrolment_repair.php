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
use local_mzi\local\enrolment_count;
use local_mzi\repository\enrolment_repository;
use local_mzi\task\apply_enrolments;

/**
 * Finds the places whose enrolments are not what they should be, and has them mended.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_repair {
    /** Places that are compared at once. */
    private const PAGE = 200;

    /** Places that are taken at once. */
    private const PORTION = 50;

    /** Most seconds of a run. */
    private const SECONDS = 300;

    /**
     * Constructor.
     *
     * @param enrolment_repository $enrolments
     * @param enrolment_comparison $comparison
     * @param enrolment_update $update
     * @param student_linker $linker
     * @param enrolment_alarm $alarm
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var enrolment_repository places and enrolments */
        private readonly enrolment_repository $enrolments,
        /** @var enrolment_comparison finds what differs */
        private readonly enrolment_comparison $comparison,
        /** @var enrolment_update mends */
        private readonly enrolment_update $update,
        /** @var student_linker finds users who came later */
        private readonly student_linker $linker,
        /** @var enrolment_alarm tells managers what is held */
        private readonly enrolment_alarm $alarm,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Does what is due.
     *
     * @return enrolment_count
     */
    public function run_due(): enrolment_count {
        $count = new enrolment_count();
        $until = $this->clock->time() + self::SECONDS;
        while (!$count->busy && ($ids = $this->enrolments->due(self::PORTION))) {
            $count->add($this->update->apply($ids));
            if ($this->clock->time() >= $until) {
                apply_enrolments::queue();
                break;
            }
        }
        $this->alarm->look();
        return $count;
    }

    /**
     * Links students to users who came later, and compares all places. Where the CRM has none left but students are in
     * courses, something is wrong with the records, and nothing is done.
     *
     * @return enrolment_count
     */
    public function run(): enrolment_count {
        $count = new enrolment_count();
        if ($this->enrolments->is_emptied()) {
            $this->alarm->look();
            return $count;
        }
        $this->linker->link_all();
        $after = 0;
        while (!$count->busy && ($ids = $this->enrolments->page($after, self::PAGE))) {
            $count->add($this->update->apply($this->comparison->differing($ids)));
            $after = end($ids);
        }
        $this->alarm->look();
        return $count;
    }

    /**
     * Lets all that is held through, if it is as much as the person who looked at it says.
     *
     * @param int $number
     * @return enrolment_count|null null if another number is held
     */
    public function confirm(int $number): ?enrolment_count {
        $held = $this->enrolments->held();
        if (count($held) !== $number) {
            return null;
        }
        $count = $this->update->apply($held, brake_mode::CONFIRMED);
        $this->alarm->look();
        return $count;
    }
}
