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

/**
 * What became of a number of places.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_count {
    /** @var int enrolments made or changed */
    public int $changed = 0;

    /** @var int enrolments suspended or removed, since nobody wants them any more */
    public int $left = 0;

    /** @var int ends held by the brake */
    public int $held = 0;

    /** @var int records whose enrolment Moodle refused */
    public int $failed = 0;

    /** @var bool whether another process had its turn, so that nothing was done */
    public bool $busy = false;

    /**
     * Adds another count.
     *
     * @param self $other
     */
    public function add(self $other): void {
        $this->changed += $other->changed;
        $this->left += $other->left;
        $this->held += $other->held;
        $this->failed += $other->failed;
        $this->busy = $this->busy || $other->busy;
    }

    /**
     * One line for the log of tasks.
     *
     * @return string
     */
    public function __toString(): string {
        return "Enrolments made or changed {$this->changed}, ended {$this->left}, held {$this->held}, failed {$this->failed}" .
            ($this->busy ? '; another process was at it' : '');
    }
}
