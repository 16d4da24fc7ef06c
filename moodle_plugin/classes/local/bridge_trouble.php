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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * Why a page got nothing from the bridge. Each has a message and says what to do.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum bridge_trouble: string {
    /** No address is set. */
    case NO_ADDRESS = 'noaddress';
    /** The address is none that may be called. */
    case BAD_ADDRESS = 'badaddress';
    /** Address and keys are those of another site. */
    case OTHER_SITE = 'othersite';
    /** No API key is set. */
    case NO_KEY = 'nokey';
    /** The API key was encrypted by another site. */
    case KEY_LOST = 'keylost';
    /** The site's own rules for outgoing connections. */
    case BLOCKED = 'blocked';
    /** There is no such host. */
    case NO_HOST = 'nohost';
    /** Nobody listens there. */
    case UNREACHABLE = 'unreachable';
    /** No answer in time. */
    case TIMEOUT = 'timeout';
    /** The certificate does not hold. */
    case CERTIFICATE = 'certificate';
    /** Something answers that is not the bridge. */
    case NOT_BRIDGE = 'notbridge';
    /** The API key is not one that the bridge knows. */
    case UNAUTHORIZED = 'unauthorized';
    /** The API key may not do this. */
    case FORBIDDEN = 'forbidden';
    /** The bridge has no connection to CRM and Moodle yet. */
    case NOT_CONNECTED = 'notconnected';
    /** Too many calls. */
    case BUSY = 'busy';
    /** Somebody else changed it meanwhile. */
    case CONFLICT = 'conflict';
    /** What was sent is not right. */
    case INVALID = 'invalid';
    /** The bridge does not do it. */
    case REFUSED = 'refused';
    /** The bridge or something before it is out of order. */
    case DOWN = 'down';

    /** Words of curl. */
    private const CURL = [
        'blocked' => self::BLOCKED,
        'curl_6' => self::NO_HOST,
        'curl_28' => self::TIMEOUT,
        'curl_35' => self::CERTIFICATE,
        'curl_51' => self::CERTIFICATE,
        'curl_58' => self::CERTIFICATE,
        'curl_60' => self::CERTIFICATE,
        'curl_77' => self::CERTIFICATE,
    ];

    /** Strings that say why there is no address. */
    private const ADDRESS = [
        'outbox_noaddress' => self::NO_ADDRESS,
        'outbox_badaddress' => self::BAD_ADDRESS,
        'outbox_othersite' => self::OTHER_SITE,
        'outbox_keylost' => self::KEY_LOST,
    ];

    /**
     * What an exception means that was thrown before anything was sent.
     *
     * @param \moodle_exception $exception
     * @return self|null null for one that is not known
     */
    public static function of_exception(\moodle_exception $exception): ?self {
        return self::ADDRESS[$exception->errorcode] ?? null;
    }

    /**
     * What an answer means.
     *
     * @param posted $posted
     * @param array|null $body decoded, null if it is no JSON object
     * @return self|null null for an answer that is well
     */
    public static function of_answer(posted $posted, ?array $body): ?self {
        if ($posted->status === 0) {
            return self::CURL[$posted->error] ?? self::UNREACHABLE;
        }
        $isbridge = isset($body['error']) && is_string($body['error']);
        return match (true) {
            $posted->status >= 200 && $posted->status < 300 => $body === null ? self::NOT_BRIDGE : null,
            $posted->status === 401 => self::UNAUTHORIZED,
            $posted->status === 403 => self::FORBIDDEN,
            $posted->status === 429 => self::BUSY,
            $posted->status >= 500 => $isbridge && $body['error'] === 'not_connected' ? self::NOT_CONNECTED : self::DOWN,
            !$isbridge => self::NOT_BRIDGE,
            $posted->status === 409 => self::CONFLICT,
            $posted->status === 422 => self::INVALID,
            default => self::REFUSED,
        };
    }

    /**
     * What is wrong, in words.
     *
     * @return string
     */
    public function message(): string {
        return get_string("bridge_trouble_{$this->value}", 'local_mzi');
    }

    /**
     * What to do about it.
     *
     * @return string
     */
    public function fix(): string {
        return get_string("bridge_fix_{$this->value}", 'local_mzi');
    }
}
