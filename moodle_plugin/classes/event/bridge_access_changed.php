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
 * Somebody set up or mended the account of the bridge, or made a token for it. The token is not told.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_access_changed extends admin_event {
    /**
     * The event of an account.
     *
     * @param int $userid the account
     * @param bool $isnew whether there is a new token
     * @return self
     */
    public static function of(int $userid, bool $isnew): self {
        return self::create(['relateduserid' => $userid, 'other' => ['newtoken' => $isnew]]);
    }

    #[\Override]
    protected static function page(): string {
        return 'access';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_bridge_access_changed', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        $token = $this->other['newtoken'] ? 'made a new token for it' : 'kept its token';
        return "The user with id '{$this->userid}' set up the account of the bridge with id '{$this->relateduserid}' and $token.";
    }
}
