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

/**
 * Somebody made a new key for student cards; no card of before is valid any more.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_key_renewed extends \core\event\base {
    #[\Override]
    protected function init(): void {
        $this->context = system::instance();
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_card_key_renewed', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' made a new key for student cards.";
    }

    #[\Override]
    public function get_url(): \moodle_url {
        return new \moodle_url('/local/mzi/cardkey.php');
    }

    #[\Override]
    public static function get_other_mapping() {
        return false;
    }
}
