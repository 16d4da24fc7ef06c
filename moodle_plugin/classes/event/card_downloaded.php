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
use local_mzi\local\student;

/**
 * Somebody downloaded a student card.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_downloaded extends \core\event\base {
    /**
     * The event of a download.
     *
     * @param student $student
     * @return self
     */
    public static function of(student $student): self {
        return self::create(['objectid' => $student->id, 'relateduserid' => $student->userid]);
    }

    #[\Override]
    protected function init(): void {
        $this->context = system::instance();
        $this->data['crud'] = 'r';
        $this->data['edulevel'] = self::LEVEL_OTHER;
        $this->data['objecttable'] = 'local_mzi_students';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_card_downloaded', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' downloaded the card of the student with id '{$this->objectid}'.";
    }

    #[\Override]
    public function get_url(): \moodle_url {
        return new \moodle_url('/local/mzi/card.php', ['student' => $this->objectid]);
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
