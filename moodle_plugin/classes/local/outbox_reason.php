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

namespace local_mzi\local;

/**
 * The words that say why an event was not sent, in the user's language.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_reason {
    /** Words of which there is a string. */
    public const KNOWN = [
        ...['bad_envelope', 'blocked', 'bridge_account', 'compose_fault', 'curl_28', 'curl_6', 'curl_60', 'curl_7'],
        ...['event_id_reused', 'gone', 'http', 'journal_unavailable', 'no_class', 'no_student', 'not_released'],
        ...['timestamp_out_of_window', 'too_large', 'unauthorized', 'unknown_event', 'unknown_tenant'],
        ...['unreadable_answer', 'wrong_event'],
    ];

    /**
     * A reason in words, with the word itself behind it.
     *
     * @param string|null $reason a word, and perhaps the status of HTTP
     * @return string empty for none
     */
    public static function text(?string $reason): string {
        if ($reason === null || $reason === '') {
            return '';
        }
        [$word] = explode(' ', $reason, 2);
        return in_array($word, self::KNOWN, true)
            ? get_string("outbox_reason_$word", 'local_mzi') . " ($reason)"
            : $reason;
    }
}
