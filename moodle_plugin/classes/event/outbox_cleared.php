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
 * Somebody deleted old events for the bridge that were settled.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_cleared extends admin_event {
    #[\Override]
    protected function init(): void {
        parent::init();
        $this->data['crud'] = 'd';
    }

    /**
     * The event of a deletion.
     *
     * @param int $days how old they were at least
     * @param int $count
     * @return self
     */
    public static function of(int $days, int $count): self {
        return self::create(['other' => ['days' => $days, 'count' => $count]]);
    }

    #[\Override]
    protected static function page(): string {
        return 'events';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_outbox_cleared', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' deleted settled events for the bridge that were older than "
            . "{$this->other['days']} days: {$this->other['count']}.";
    }
}
