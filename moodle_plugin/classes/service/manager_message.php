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
 * Writes to those who manage the plugin, and to administrators.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class manager_message {
    /**
     * Writes to each in his language.
     *
     * @param string $name message provider
     * @param string $subject name of a string of ours
     * @param callable $text returns the text in the language of the moment
     * @param string $section page of settings that it points to
     * @param string $title name of the string with the page's title
     */
    public static function send(string $name, string $subject, callable $text, string $section, string $title): void {
        // Administrators hold every capability, but are not found by it.
        $found = get_users_by_capability(\core\context\system::instance(), 'local/mzi:manage', 'u.id') + get_admins();
        foreach (array_keys($found) as $userid) {
            $user = \core_user::get_user($userid, '*', MUST_EXIST);
            $before = force_current_language($user->lang);
            try {
                $message = self::to($user, get_string($subject, 'local_mzi'), $text());
                $message->name = $name;
                $message->contexturl = new \moodle_url('/admin/settings.php', ['section' => $section]);
                $message->contexturlname = get_string($title, 'local_mzi');
                message_send($message);
            } finally {
                force_current_language($before);
            }
        }
    }

    /**
     * A message to one.
     *
     * @param \stdClass $user
     * @param string $subject
     * @param string $text
     * @return \core\message\message
     */
    private static function to(\stdClass $user, string $subject, string $text): \core\message\message {
        $message = new \core\message\message();
        $message->component = 'local_mzi';
        $message->userfrom = \core_user::get_noreply_user();
        $message->userto = $user;
        $message->subject = $subject;
        $message->fullmessage = $text;
        $message->fullmessageformat = FORMAT_PLAIN;
        $message->fullmessagehtml = '';
        $message->smallmessage = $subject;
        $message->notification = 1;
        return $message;
    }
}
