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

/**
 * Sends a message to those who manage the plugin when the way to the bridge is in trouble: once, until it is well again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_alarm {
    /** Setting that says that a message was sent. */
    private const SENT = 'outbox_alarmed';

    /**
     * Constructor.
     *
     * @param outbox_health $health
     */
    public function __construct(
        /** @var outbox_health what is wrong */
        private readonly outbox_health $health,
    ) {
    }

    /**
     * Looks, and tells what is new.
     */
    public function look(): void {
        $sick = (bool) $this->health->troubles();
        $told = (bool) get_config('local_mzi', self::SENT);
        if ($sick && !$told) {
            $this->tell();
        }
        if ($sick !== $told) {
            set_config(self::SENT, (int) $sick, 'local_mzi');
        }
    }

    /**
     * Writes to the managers, each in his language.
     */
    private function tell(): void {
        // Administrators hold every capability, but are not found by it.
        $found = get_users_by_capability(\core\context\system::instance(), 'local/mzi:manage', 'u.id') + get_admins();
        foreach (array_keys($found) as $userid) {
            $user = \core_user::get_user($userid, '*', MUST_EXIST);
            $before = force_current_language($user->lang);
            try {
                $this->write_to($user, implode("\n", $this->health->troubles()));
            } finally {
                force_current_language($before);
            }
        }
    }

    /**
     * Writes to one.
     *
     * @param \stdClass $user
     * @param string $troubles
     */
    private function write_to(\stdClass $user, string $troubles): void {
        $message = new \core\message\message();
        $message->component = 'local_mzi';
        $message->name = 'outboxtrouble';
        $message->userfrom = \core_user::get_noreply_user();
        $message->userto = $user;
        $message->subject = get_string('outbox_alarm', 'local_mzi');
        $message->fullmessage = $troubles;
        $message->fullmessageformat = FORMAT_PLAIN;
        $message->fullmessagehtml = '';
        $message->smallmessage = $message->subject;
        $message->notification = 1;
        $message->contexturl = new \moodle_url('/admin/settings.php', ['section' => 'local_mzi_outbox']);
        $message->contexturlname = get_string('setting_outbox', 'local_mzi');
        message_send($message);
    }
}
