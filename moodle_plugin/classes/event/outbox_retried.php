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

namespace local_mzi\event;

/**
 * Somebody queued events for the bridge again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_retried extends admin_event {
    /**
     * The event of some events.
     *
     * @param int|null $id the only one, null for all that failed
     * @param int $count how many
     * @return self
     */
    public static function of(?int $id, int $count): self {
        return self::create(['other' => ['id' => $id, 'count' => $count]]);
    }

    #[\Override]
    protected static function page(): string {
        return 'sync';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_outbox_retried', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        $which = $this->other['id'] === null ? 'all that failed' : "number {$this->other['id']}";
        return "The user with id '{$this->userid}' queued events for the bridge again: $which, {$this->other['count']}.";
    }
}
