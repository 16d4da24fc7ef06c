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

use local_mzi\service\event_signature;

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * A secret of the way to the bridge, by its setting's name. It is stored encrypted by Moodle's own key, which lies
 * outside the database, and no page ever shows it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum secret: string {
    /** Signs events. */
    case EVENT_KEY = 'eventkey';
    /** Signs events as well, while keys are changed. */
    case EVENT_KEY_PREVIOUS = 'eventkeyprevious';
    /** Opens the bridge's API to the pages of this plugin. */
    case API_KEY = 'apikey';

    /** An API key: what a header can carry. */
    private const TOKEN = '/^[\x21-\x7e]{8,255}$/D';

    /**
     * The secret.
     *
     * @return string empty if there is none
     * @throws \moodle_exception outbox_keylost if another site encrypted it
     */
    public function read(): string {
        try {
            return \core\encryption::decrypt($this->stored());
        } catch (\moodle_exception $exception) {
            throw new \moodle_exception('outbox_keylost', 'local_mzi');
        }
    }

    /**
     * Whether there is one.
     *
     * @return bool
     */
    public function is_set(): bool {
        return $this->stored() !== '';
    }

    /**
     * Keeps a secret.
     *
     * @param string $value empty for none
     * @throws \moodle_exception if it is not of this kind
     */
    public function write(string $value): void {
        if (!$this->accepts($value)) {
            throw new \moodle_exception($this->refusal(), 'local_mzi');
        }
        set_config($this->value, \core\encryption::encrypt($value), 'local_mzi');
    }

    /**
     * Whether a text is a secret of this kind, or none.
     *
     * @param string $value
     * @return bool
     */
    public function accepts(string $value): bool {
        return $value === '' || match ($this) {
            self::API_KEY => (bool) preg_match(self::TOKEN, $value),
            default => event_signature::key($value) !== null,
        };
    }

    /**
     * The string that says what a secret of this kind looks like.
     *
     * @return string
     */
    public function refusal(): string {
        return $this === self::API_KEY ? 'setting_apikey_invalid' : 'setting_eventkey_invalid';
    }

    /**
     * What is stored.
     *
     * @return string
     */
    private function stored(): string {
        return (string) get_config('local_mzi', $this->value);
    }
}
