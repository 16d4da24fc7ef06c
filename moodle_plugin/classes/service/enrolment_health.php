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

use local_mzi\local\enrolment_settings;
use local_mzi\local\enrolment_state;
use local_mzi\repository\enrolment_repository;
use local_mzi\repository\role_repository;

/**
 * Says what is wrong with enrolments.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_health {
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
     * What keeps students out of courses, or in them, and wants a person.
     *
     * @return string[] in words, the worst first
     */
    public function troubles(): array {
        $counts = $this->enrolments->counts();
        $places = $this->enrolments->has_living();
        return array_values(array_filter([
            $places && $this->method->plugin() === null ? get_string('enrolment_no_method', 'local_mzi') : null,
            $this->roles->id(enrolment_settings::role()) === null
                ? get_string('enrolment_no_role', 'local_mzi', enrolment_settings::role())
                : null,
            $this->enrolments->is_emptied() ? get_string('enrolment_emptied', 'local_mzi') : null,
            self::told($counts, enrolment_state::HELD),
            self::told($counts, enrolment_state::FAILED),
        ]));
    }

    /**
     * How many wait for a user or a course: nothing is wrong with that.
     *
     * @return string
     */
    public function waiting(): string {
        $counts = $this->enrolments->counts();
        return get_string('enrolment_waiting', 'local_mzi', (object) [
            'user' => $counts[enrolment_state::PENDING_USER->value] ?? 0,
            'course' => $counts[enrolment_state::PENDING_COURSE->value] ?? 0,
        ]);
    }

    /**
     * How many are in a state.
     *
     * @param array<string, int> $counts
     * @param enrolment_state $state held or failed
     * @return string|null
     */
    private static function told(array $counts, enrolment_state $state): ?string {
        $count = $counts[$state->value] ?? 0;
        return $count ? get_string("enrolment_{$state->value}", 'local_mzi', $count) : null;
    }
}
