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

use local_mzi\local\bridge_settings;
use local_mzi\local\posted;

/**
 * Calls the bridge by Moodle's own curl, under the site's rules for outgoing connections. A redirect is not followed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class bridge_curl {
    /** Most seconds to wait for a connection. */
    private const CONNECT_SECONDS = 5;

    /** Most seconds that the bridge may ask to wait. */
    private const LONGEST_WAIT = 6 * HOURSECS;

    /**
     * Sends a request.
     *
     * @param string $method GET, POST or PUT
     * @param string $url
     * @param string[] $headers
     * @param string|null $body JSON
     * @param int $seconds to wait for the answer
     * @return posted
     */
    public function request(string $method, string $url, array $headers, ?string $body, int $seconds): posted {
        global $CFG;
        require_once($CFG->libdir . '/filelib.php');
        $curl = new \curl();
        $curl->setHeader([...$headers, 'Content-Type: application/json', 'Accept: application/json', 'Expect:']);
        $options = [
            'CURLOPT_FOLLOWLOCATION' => 0,
            'CURLOPT_CONNECTTIMEOUT' => min(self::CONNECT_SECONDS, $seconds),
            'CURLOPT_TIMEOUT' => $seconds,
        ];
        $started = hrtime(true);
        $answer = $method === 'GET'
            ? $curl->get($url, [], $options)
            : $curl->post($url, (string) $body, ['CURLOPT_CUSTOMREQUEST' => $method] + $options);
        $status = (int) ($curl->get_info()['http_code'] ?? 0);
        $errno = (int) $curl->get_errno();
        $posted = $errno !== 0 || $status === 0
            ? new posted(0, error: $errno === 0 ? 'blocked' : "curl_$errno")
            : new posted($status, (string) $answer, null, self::wait($curl->getResponse()));
        self::log($method, $url, $posted, intdiv(hrtime(true) - $started, 1_000_000));
        return $posted;
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

    /**
     * One line into the log of PHP, if the setting says so: no header, no body, no query.
     *
     * @param string $method
     * @param string $url
     * @param posted $posted
     * @param int $milliseconds
     */
    private static function log(string $method, string $url, posted $posted, int $milliseconds): void {
        if (bridge_settings::logs()) {
            $path = parse_url($url, PHP_URL_PATH);
            $outcome = $posted->error ?? (string) $posted->status;
            // phpcs:ignore moodle.PHP.ForbiddenFunctions.FoundWithAlternative
            error_log("local_mzi: $method $path: $outcome, $milliseconds ms");
        }
    }
}
