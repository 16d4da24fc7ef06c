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

namespace local_mzi\output;

use local_mzi\local\event_type;

/**
 * The words of events for the bridge in the user's language.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_text {
    /** The states of an event, each with a string. */
    public const STATES = ['queued', 'delivered', 'skipped', 'failed'];

    /**
     * The name of a type.
     *
     * @param string $type
     * @return string
     */
    public static function type(string $type): string {
        return event_type::tryFrom($type) === null ? $type : get_string("setting_event_$type", 'local_mzi');
    }

    /**
     * The name of a state.
     *
     * @param string $state
     * @return string
     */
    public static function state(string $state): string {
        return in_array($state, self::STATES, true) ? get_string("outbox_state_$state", 'local_mzi') : $state;
    }
}
