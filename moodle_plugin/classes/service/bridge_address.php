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
 * Where the bridge is, and whether this site may send there.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_address {
    /** Setting with the address of the site whose keys these are. */
    private const SITE = 'outbox_site';

    /** Hosts that are this machine. */
    private const LOOPBACK = '/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/Di';

    /** Parts that an address must not have. */
    private const UNWANTED = ['user' => 1, 'pass' => 1, 'query' => 1, 'fragment' => 1];

    /**
     * The whole address of a path of the bridge.
     *
     * @param string $path with its slash
     * @return string
     * @throws \moodle_exception outbox_noaddress, outbox_badaddress, outbox_othersite
     */
    public static function url(string $path): string {
        $address = trim((string) get_config('local_mzi', 'bridgeurl'));
        if ($address === '') {
            throw new \moodle_exception('outbox_noaddress', 'local_mzi');
        }
        if (!self::is_sound($address, (bool) get_config('local_mzi', 'plainloopback'))) {
            throw new \moodle_exception('outbox_badaddress', 'local_mzi');
        }
        if (!self::is_this_site()) {
            throw new \moodle_exception('outbox_othersite', 'local_mzi');
        }
        return rtrim($address, '/') . $path;
    }

    /**
     * Whether an address is one that events may be sent to: HTTPS, or plain HTTP to this machine where that is allowed;
     * nothing but host, port and path.
     *
     * @param string $address
     * @param bool $plainloopback
     * @return bool
     */
    public static function is_sound(string $address, bool $plainloopback): bool {
        $parts = parse_url($address);
        if (!$parts || preg_match('/[\s\\\\\x00-\x1f\x7f]/', $address) || array_intersect_key($parts, self::UNWANTED)) {
            return false;
        }
        $host = $parts['host'] ?? '';
        return match (strtolower($parts['scheme'] ?? '')) {
            'https' => $host !== '',
            'http' => $plainloopback && preg_match(self::LOOPBACK, $host),
            default => false,
        };
    }

    /**
     * Saves where the bridge is and by what this site proves itself there. Null leaves as it is.
     *
     * @param string|null $address
     * @param string|null $key whsec_ and base64; the one before it goes on signing, too
     * @param string|null $apikey
     * @throws \moodle_exception outbox_badaddress, setting_eventkey_invalid, setting_apikey_invalid
     */
    public static function save(?string $address, ?string $key, ?string $apikey = null): void {
        if ($address !== null && !self::is_sound($address, true)) {
            throw new \moodle_exception('outbox_badaddress', 'local_mzi');
        }
        foreach ([[secret::EVENT_KEY, $key], [secret::API_KEY, $apikey]] as [$secret, $given]) {
            if ($given !== null && !$secret->accepts($given)) {
                throw new \moodle_exception($secret->refusal(), 'local_mzi');
            }
        }
        if ($address !== null) {
            set_config('bridgeurl', $address, 'local_mzi');
        }
        if ($key !== null) {
            self::renew_key($key);
        }
        if ($apikey !== null) {
            secret::API_KEY->write($apikey);
        }
        if ($address !== null || $key !== null || $apikey !== null) {
            self::settle_site();
        }
    }

    /**
     * Signs with a new key, and for a while with the one before it as well.
     *
     * @param string $key
     */
    private static function renew_key(string $key): void {
        try {
            $held = secret::EVENT_KEY->read();
        } catch (\moodle_exception) {
            $held = '';
        }
        if ($held !== '' && $held !== $key) {
            secret::EVENT_KEY_PREVIOUS->write($held);
        }
        secret::EVENT_KEY->write($key);
    }

    /**
     * Says that address and keys are meant for this site.
     */
    public static function settle_site(): void {
        global $CFG;
        set_config(self::SITE, $CFG->wwwroot, 'local_mzi');
    }

    /**
     * Whether the keys were saved for this site, and not for one of which it is a copy. Keys that came by another
     * way than the page of settings belong to the site that uses them first.
     *
     * @return bool
     */
    public static function is_this_site(): bool {
        global $CFG;
        $site = get_config('local_mzi', self::SITE);
        if ($site === false) {
            self::settle_site();
            return true;
        }
        return $site === $CFG->wwwroot;
    }
}
