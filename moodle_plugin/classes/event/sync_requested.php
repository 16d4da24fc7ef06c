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
 * Somebody started, paused, resumed or cancelled a sync of the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync_requested extends admin_event {
    /**
     * The event of a start.
     *
     * @param string|null $entity null for all
     * @param string $mode full or delta
     * @return self
     */
    public static function started(?string $entity, string $mode): self {
        return self::create(['other' => ['action' => "start $mode", 'subject' => $entity ?? 'all']]);
    }

    /**
     * The event of a step.
     *
     * @param int $id of the sync
     * @param string $action pause, resume or cancel
     * @return self
     */
    public static function steered(int $id, string $action): self {
        return self::create(['other' => ['action' => $action, 'subject' => (string) $id]]);
    }

    #[\Override]
    protected static function page(): string {
        return 'sync';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_sync_requested', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' asked the bridge for this of a sync: "
            . "{$this->other['action']}, {$this->other['subject']}.";
    }
}
