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

use core\encryption;

/**
 * The site's secret that signs student cards. It lies in the plugin's configuration, encrypted with Moodle's own key.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_key {
    /** Name of the setting. */
    private const SETTING = 'cardkey';

    /** Bytes of the key. */
    private const BYTES = 32;

    /** Seconds to wait for another request that makes the key. */
    private const PATIENCE = 10;

    /**
     * The key, if there is one yet.
     *
     * @return string|null bytes
     * @throws \moodle_exception if it cannot be decrypted
     */
    public function existing(): ?string {
        $stored = (string) get_config('local_mzi', self::SETTING);
        return $stored === '' ? null : base64_decode(encryption::decrypt($stored));
    }

    /**
     * The key; the first call ever makes it.
     *
     * @return string bytes
     * @throws \moodle_exception if it cannot be decrypted, or another request keeps the lock
     */
    public function make_once(): string {
        return $this->existing() ?? $this->alone(function (): string {
            // Another request may have made it meanwhile; what this one has of the configuration is older.
            \cache::make('core', 'config')->delete('local_mzi');
            return $this->existing() ?? $this->store_new();
        });
    }

    /**
     * Makes a new key: no card of before is valid any more.
     */
    public function renew(): void {
        $this->alone($this->store_new(...));
    }

    /**
     * Stores a new key.
     *
     * @return string bytes
     */
    private function store_new(): string {
        $key = random_bytes(self::BYTES);
        set_config(self::SETTING, encryption::encrypt(base64_encode($key)), 'local_mzi');
        return $key;
    }

    /**
     * Does something while no other request does it.
     *
     * @param callable $work
     * @return string what it returns
     */
    private function alone(callable $work): string {
        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_card')->get_lock('key', self::PATIENCE);
        if (!$lock) {
            throw new \moodle_exception('card_keybusy', 'local_mzi');
        }
        try {
            return $work();
        } finally {
            $lock->release();
        }
    }
}
