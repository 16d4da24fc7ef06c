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

namespace local_mzi\local\page;

use core\context\system;
use local_mzi\output\card_check;
use local_mzi\service\card_verification;
use local_mzi\service\verification_limit;

/**
 * The page that everybody comes to who scans a student card, without an account.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class verify_page {
    /**
     * Checks the card and says so.
     */
    public static function show(): void {
        global $OUTPUT, $PAGE;
        $PAGE->set_context(system::instance());
        // Without the code, so that it goes into no link of the page.
        $PAGE->set_url('/local/mzi/verify.php');
        $PAGE->set_pagelayout('embedded');
        $PAGE->set_title(get_string('verify_title', 'local_mzi'));
        $PAGE->set_cacheable(false);
        $PAGE->add_body_class('local-mzi-verify-page');
        $check = self::check((string) filter_input(INPUT_GET, 'c'), getremoteaddr());
        $body = $OUTPUT->render($check);
        $header = $OUTPUT->header();
        header('X-Robots-Tag: noindex, nofollow');
        header('Referrer-Policy: no-referrer');
        echo $header, $body, $OUTPUT->footer();
    }

    /**
     * Checks a card, unless too many wrong codes came from this address.
     *
     * @param string $code
     * @param string $address
     * @return card_check
     */
    private static function check(string $code, string $address): card_check {
        $limit = \core\di::get(verification_limit::class);
        $wait = $limit->wait($address);
        if ($wait) {
            http_response_code(429);
            header("Retry-After: $wait");
            return new card_check(null, $wait);
        }
        $holder = \core\di::get(card_verification::class)->holder($code);
        if (!$holder) {
            $limit->count_wrong($address);
        }
        return new card_check($holder);
    }
}
