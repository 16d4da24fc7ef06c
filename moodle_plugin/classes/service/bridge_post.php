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

use local_mzi\local\posted;

/**
 * Posts to the bridge by Moodle's own curl, under the site's rules for outgoing connections.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class bridge_post {
    /** Seconds to wait for a connection. */
    private const CONNECT_SECONDS = 5;

    /** Seconds to wait for the answer. */
    private const ANSWER_SECONDS = 30;

    /** Most seconds that the bridge may ask to wait. */
    private const LONGEST_WAIT = 6 * HOURSECS;

    /**
     * Posts a message. A redirect is not followed.
     *
     * @param string $url
     * @param string[] $headers
     * @param string $body JSON
     * @return posted
     */
    public function post(string $url, array $headers, string $body): posted {
        global $CFG;
        require_once($CFG->libdir . '/filelib.php');
        $curl = new \curl();
        $curl->setHeader([...$headers, 'Content-Type: application/json', 'Accept: application/json', 'Expect:']);
        $answer = $curl->post($url, $body, [
            'CURLOPT_FOLLOWLOCATION' => 0,
            'CURLOPT_CONNECTTIMEOUT' => self::CONNECT_SECONDS,
            'CURLOPT_TIMEOUT' => self::ANSWER_SECONDS,
        ]);
        $status = (int) ($curl->get_info()['http_code'] ?? 0);
        $errno = (int) $curl->get_errno();
        if ($errno !== 0 || $status === 0) {
            return new posted(0, error: $errno === 0 ? 'blocked' : "curl_$errno");
        }
        return new posted($status, (string) $answer, null, self::wait($curl->getResponse()));
    }

    /**
     * How long the bridge asks to wait.
     *
     * @param array $headers
     * @return int|null seconds
     */
    private static function wait(array $headers): ?int {
        $value = array_change_key_case($headers, CASE_LOWER)['retry-after'] ?? '';
        $value = is_array($value) ? end($value) : $value;
        return preg_match('/^\d{1,9}$/D', trim($value)) ? min(self::LONGEST_WAIT, (int) $value) : null;
    }
}
