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
 * Somebody said by hand who a student is in Moodle.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_link_changed extends admin_event {
    #[\Override]
    protected function init(): void {
        parent::init();
        $this->data['objecttable'] = 'local_mzi_students';
    }

    /**
     * The event of a student.
     *
     * @param int $studentid local id
     * @param int|null $userid who the student now is, or was
     * @param string $action link, unlink or release
     * @return self
     */
    public static function of(int $studentid, ?int $userid, string $action): self {
        $user = $userid === null ? [] : ['relateduserid' => $userid];
        return self::create($user + ['objectid' => $studentid, 'other' => ['action' => $action]]);
    }

    #[\Override]
    protected static function page(): string {
        return 'unlinked';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_student_link_changed', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        $user = $this->relateduserid ? " (user '{$this->relateduserid}')" : '';
        return "The user with id '{$this->userid}' changed by hand who the student with the row '{$this->objectid}' is in "
            . "Moodle: {$this->other['action']}$user.";
    }
}
