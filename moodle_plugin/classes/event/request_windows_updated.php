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

use core\context\system;
use local_mzi\local\request_window;

/**
 * The office has changed when a type of request can be made.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_windows_updated extends \core\event\base {
    #[\Override]
    protected function init(): void {
        $this->context = system::instance();
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
        $this->data['objecttable'] = 'local_mzi_request_windows';
    }

    /**
     * The event of a window.
     *
     * @param request_window $window
     * @param int $id of the row
     * @return self
     */
    public static function of(request_window $window, int $id): self {
        return self::create([
            'objectid' => $id,
            'other' => [
                'type' => $window->type->value,
                'enabled' => $window->enabled,
                'opens_at' => $window->opensat,
                'closes_at' => $window->closesat,
            ],
        ]);
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_request_windows_updated', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' changed when requests of the type '{$this->other['type']}' can be made.";
    }

    #[\Override]
    public function get_url(): \moodle_url {
        return new \moodle_url('/local/mzi/windows.php');
    }

    #[\Override]
    public static function get_objectid_mapping() {
        return self::NOT_MAPPED;
    }

    #[\Override]
    public static function get_other_mapping() {
        return false;
    }
}
