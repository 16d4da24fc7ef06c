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

use local_mzi\local\card_state;
use local_mzi\local\student;
use local_mzi\repository\card_repository;
use local_mzi\repository\student_repository;

/**
 * Checks student cards for whoever has scanned one.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_verification {
    /**
     * Constructor.
     *
     * @param card_signature $signature
     * @param student_repository $students
     * @param card_repository $cards
     * @param site_day $day
     */
    public function __construct(
        /** @var card_signature reads the codes */
        private readonly card_signature $signature,
        /** @var student_repository the students */
        private readonly student_repository $students,
        /** @var card_repository which cards were withdrawn */
        private readonly card_repository $cards,
        /** @var site_day the day at the school */
        private readonly site_day $day,
    ) {
    }

    /**
     * The student whose valid card bears a code.
     *
     * There is one answer for every other case: a code that is forged or unknown, a card that has expired or was
     * withdrawn, a student who is deleted or not active, cards that are switched off, a key that cannot be read.
     *
     * @param string $code
     * @return student|null
     */
    public function holder(string $code): ?student {
        try {
            $claim = $this->signature->read($code);
        } catch (\moodle_exception) {
            return null;
        }
        if (!$claim || $claim->expires < $this->day->today()) {
            return null;
        }
        $student = $this->students->by_id($claim->studentid);
        $isvalid = $student
            && student_card::state($student) === card_state::READY
            && $this->cards->serial($student->id) === $claim->serial;
        return $isvalid ? $student : null;
    }
}
