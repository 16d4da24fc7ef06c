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

/**
 * Sends a message to managers when enrolments want a person: once, until all is well again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_alarm {
    /** Setting that says that a message was sent. */
    private const SENT = 'enrolments_alarmed';

    /**
     * Constructor.
     *
     * @param enrolment_health $health
     */
    public function __construct(
        /** @var enrolment_health what is wrong */
        private readonly enrolment_health $health,
    ) {
    }

    /**
     * Looks, and tells what is new.
     */
    public function look(): void {
        $sick = (bool) $this->health->troubles();
        $told = (bool) get_config('local_mzi', self::SENT);
        if ($sick && !$told) {
            manager_message::send(
                'enrolmentsheld',
                'enrolment_alarm',
                fn() => implode("\n", $this->health->troubles()),
                'local_mzi_enrolment',
                'setting_enrolment'
            );
        }
        if ($sick !== $told) {
            set_config(self::SENT, (int) $sick, 'local_mzi');
        }
    }
}
