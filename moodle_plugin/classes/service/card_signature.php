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

use local_mzi\local\card_claim;

/**
 * The code on a student card: what it claims, and proof that this site wrote it.
 *
 * 36 characters that need no escaping in an address. They stand for 27 bytes: the student's row (5), the serial (2),
 * the days of issue and expiry since 1970 (2 each), and the first 16 bytes of an HMAC-SHA256 over these. 27 is a
 * multiple of 3, so base64 leaves no spare bits and every code has one spelling only.
 *
 * A code is judged by its signature before anything is looked up: a forged one takes the same way, and the same
 * time, whether or not there is such a student.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_signature {
    /** What the key signs here and nowhere else. */
    private const PURPOSE = 'local_mzi student card 1|';

    /** Bytes of what is claimed. */
    private const CLAIM_BYTES = 11;

    /** Bytes of the proof. */
    private const PROOF_BYTES = 16;

    /** What a code looks like. */
    private const FORM = '/\A[A-Za-z0-9_-]{36}\z/';

    /**
     * Constructor.
     *
     * @param card_key $key
     */
    public function __construct(
        /** @var card_key the site's secret */
        private readonly card_key $key,
    ) {
    }

    /**
     * The code for a claim, always the same one as long as the key is.
     *
     * @param card_claim $claim
     * @return string
     * @throws \coding_exception if a number does not fit
     */
    public function sign(card_claim $claim): string {
        $bytes = self::number($claim->studentid, 5)
            . self::number($claim->serial, 2)
            . self::number(self::day($claim->issued), 2)
            . self::number(self::day($claim->expires), 2);
        return strtr(base64_encode($bytes . self::proof($bytes, $this->key->make_once())), '+/', '-_');
    }

    /**
     * What a code claims, if this site wrote it with the key of now. It may have expired.
     *
     * @param string $code
     * @return card_claim|null
     * @throws \moodle_exception if the key cannot be decrypted
     */
    public function read(string $code): ?card_claim {
        $key = $this->key->existing();
        if ($key === null || !preg_match(self::FORM, $code)) {
            return null;
        }
        $bytes = base64_decode(strtr($code, '-_', '+/'));
        $claimed = substr($bytes, 0, self::CLAIM_BYTES);
        if (!hash_equals(self::proof($claimed, $key), substr($bytes, self::CLAIM_BYTES))) {
            return null;
        }
        return new card_claim(
            self::value(substr($claimed, 0, 5)),
            self::value(substr($claimed, 5, 2)),
            gmdate('Y-m-d', DAYSECS * self::value(substr($claimed, 7, 2))),
            gmdate('Y-m-d', DAYSECS * self::value(substr($claimed, 9, 2))),
        );
    }

    /**
     * The proof that belongs to a claim.
     *
     * @param string $bytes
     * @param string $key
     * @return string bytes
     */
    private static function proof(string $bytes, string $key): string {
        return substr(hash_hmac('sha256', self::PURPOSE . $bytes, $key, true), 0, self::PROOF_BYTES);
    }

    /**
     * A number as bytes, the highest first.
     *
     * @param int $number
     * @param int $length
     * @return string
     */
    private static function number(int $number, int $length): string {
        if ($number < 0 || $number >= 256 ** $length) {
            throw new \coding_exception("$number does not fit into $length bytes");
        }
        return substr(pack('J', $number), -$length);
    }

    /**
     * The number that bytes stand for.
     *
     * @param string $bytes
     * @return int
     */
    private static function value(string $bytes): int {
        return unpack('J', str_pad($bytes, 8, "\0", STR_PAD_LEFT))[1];
    }

    /**
     * The number of a day, counted from 1970.
     *
     * @param string $date "YYYY-MM-DD"
     * @return int
     */
    private static function day(string $date): int {
        return intdiv((new \DateTimeImmutable($date, new \DateTimeZone('UTC')))->getTimestamp(), DAYSECS);
    }
}
