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

use local_mzi\local\secret;

/**
 * Signs what is sent to the bridge, as Standard Webhooks says: HMAC-SHA256 over id, time and body.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_signature {
    /** What a key begins with. */
    private const PREFIX = 'whsec_';

    /** Fewest and most bytes of a key. */
    private const BYTES = [24, 64];

    /**
     * The headers that prove a message: one signature for each active key, so that keys can be changed without loss.
     *
     * @param string $id of the message
     * @param int $time of sending, epoch seconds
     * @param string $body
     * @return string[]
     * @throws \moodle_exception outbox_nokey, outbox_keylost
     */
    public static function headers(string $id, int $time, string $body): array {
        $keys = self::keys();
        if (!$keys) {
            throw new \moodle_exception('outbox_nokey', 'local_mzi');
        }
        $signatures = array_map(
            fn(string $key) => 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true)),
            $keys
        );
        return ["webhook-id: $id", "webhook-timestamp: $time", 'webhook-signature: ' . implode(' ', $signatures)];
    }

    /**
     * The active keys, the current one first.
     *
     * @return string[] bytes
     * @throws \moodle_exception outbox_keylost
     */
    public static function keys(): array {
        $given = [secret::EVENT_KEY->read(), secret::EVENT_KEY_PREVIOUS->read()];
        $keys = array_map(self::key(...), $given);
        return array_values(array_unique(array_filter($keys, fn(?string $key) => $key !== null)));
    }

    /**
     * The bytes of a key.
     *
     * @param string $given whsec_ and base64
     * @return string|null null for what is no key
     */
    public static function key(string $given): ?string {
        if (!str_starts_with($given, self::PREFIX)) {
            return null;
        }
        $bytes = base64_decode(substr($given, strlen(self::PREFIX)), true);
        [$fewest, $most] = self::BYTES;
        return $bytes !== false && strlen($bytes) >= $fewest && strlen($bytes) <= $most ? $bytes : null;
    }
}
