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

use core\context\system;
use local_mzi\event\card_downloaded;
use local_mzi\local\card;
use local_mzi\local\card_state;
use local_mzi\local\student;
use local_mzi\output\card_check;
use local_mzi\output\card_pdf;
use local_mzi\output\card_view;
use local_mzi\output\qr_image;

/**
 * Student cards: who has one, how long it is valid, what stands on it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\student_card
 * @covers     \local_mzi\service\card_verification
 * @covers     \local_mzi\service\verification_limit
 * @covers     \local_mzi\service\site_day
 * @covers     \local_mzi\repository\card_repository
 * @covers     \local_mzi\output\card_pdf
 * @covers     \local_mzi\output\pdf_text
 * @covers     \local_mzi\output\card_view
 * @covers     \local_mzi\output\card_check
 * @covers     \local_mzi\output\qr_image
 * @covers     \local_mzi\event\card_downloaded
 */
final class student_card_test extends \advanced_testcase {
    /** @var \frozen_clock the clock */
    private \frozen_clock $clock;

    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->clock = $this->mock_clock_with_frozen();
        $this->travel('2026-11-21 12:00');
    }

    /**
     * Sets the clock.
     *
     * @param string $time in the site's time zone, which is that of Perth in Moodle's tests
     */
    private function travel(string $time): void {
        $this->clock->set_to((new \DateTimeImmutable($time, \core_date::get_server_timezone_object()))->getTimestamp());
    }

    /**
     * A card of today.
     *
     * @param student $student
     * @return card
     */
    private static function issue(student $student): card {
        return \core\di::get(student_card::class)->issue($student);
    }

    /**
     * The id of the student whose card is found valid.
     *
     * @param card $card
     * @return int|null
     */
    private static function holder(card $card): ?int {
        return \core\di::get(card_verification::class)->holder($card->url->param('c'))?->id;
    }

    /**
     * The text of a PDF as TCPDF writes it: UTF-16 in the order of drawing.
     *
     * @param string $pdf
     * @return string[] text of each page
     */
    private static function texts(string $pdf): array {
        preg_match_all('/stream\r?\n(.*?)\r?\nendstream/s', $pdf, $streams);
        $pages = array_filter(array_map(fn(string $stream) => (string) @gzuncompress($stream), $streams[1]), fn(string $text) =>
            str_contains($text, ' Tf'));
        return array_values(array_map(function (string $page): string {
            preg_match_all('/\((?:\\\\.|[^\\\\)])*\)/s', $page, $strings);
            $texts = array_map(fn(string $text) => stripcslashes(substr($text, 1, -1)), $strings[0]);
            return mb_convert_encoding(implode("\0\n", $texts), 'UTF-8', 'UTF-16BE');
        }, $pages));
    }

    public function test_a_card_is_valid_until_its_last_day_in_the_time_zone_of_the_site(): void {
        $student = $this->generator->student();
        $card = self::issue($student);

        $this->assertSame(['2026-11-21', '2027-11-21'], [$card->claim->issued, $card->claim->expires]);
        $this->assertSame($student->id, self::holder($card));
        $this->travel('2027-11-21 23:59');
        $this->assertSame($student->id, self::holder($card));
        $this->travel('2027-11-22 00:00');
        $this->assertNull(self::holder($card));
    }

    public function test_the_validity_is_a_setting_and_a_card_keeps_its_own(): void {
        $student = $this->generator->student();
        $long = self::issue($student);
        set_config('cardmonths', 1, 'local_mzi');
        $short = self::issue($student);

        $this->assertSame('2026-12-21', $short->claim->expires);
        $this->travel('2026-12-22 08:00');
        $this->assertSame([null, $student->id], [self::holder($short), self::holder($long)]);
    }

    public function test_a_card_ends_with_the_active_status_and_comes_back_with_it(): void {
        $student = $this->generator->student(['status' => 'Active']);
        $card = self::issue($student);
        $update = fn(string $status, int $version) => $this->generator->upsert(
            'students',
            $student->zohoid,
            ['status' => $status, 'modified_time' => $version]
        );

        $update('Withdrawn', 3000);
        $this->assertNull(self::holder($card));
        $update('active ', 4000);
        $this->assertSame($student->id, self::holder($card));
        set_config('activestatuses', "Enrolled\nOn placement", 'local_mzi');
        $this->assertNull(self::holder($card));
        $update('On placement', 5000);
        $this->assertSame($student->id, self::holder($card));
    }

    public function test_a_card_ends_with_the_record(): void {
        $student = $this->generator->student();
        $card = self::issue($student);
        $this->generator->delete('students', $student->zohoid, 3000);

        $this->assertNull(self::holder($card));
    }

    public function test_withdrawn_cards_end_and_the_next_one_is_valid(): void {
        $student = $this->generator->student();
        $other = self::issue($this->generator->student());
        $cards = \core\di::get(student_card::class);
        $first = self::issue($student);
        $cards->withdraw($student);
        $second = self::issue($student);
        $this->assertSame([null, $student->id], [self::holder($first), self::holder($second)]);

        $cards->withdraw($student);
        $third = self::issue($student);
        $this->assertSame([null, null, $student->id], array_map(self::holder(...), [$first, $second, $third]));
        $this->assertSame($other->student->id, self::holder($other));
    }

    public function test_all_cards_end_with_a_new_key_and_while_cards_are_off(): void {
        $card = self::issue($this->generator->student());
        set_config('show_card', 0, 'local_mzi');
        $this->assertNull(self::holder($card));
        set_config('show_card', 1, 'local_mzi');
        $this->assertNotNull(self::holder($card));
        (new card_key())->renew();
        $this->assertNull(self::holder($card));
    }

    public function test_a_key_that_cannot_be_read_makes_every_card_invalid_and_none_new(): void {
        $student = $this->generator->student();
        $card = self::issue($student);
        set_config('cardkey', 'sodium:' . base64_encode(random_bytes(80)), 'local_mzi');
        $this->assertNull(self::holder($card));

        $this->expectException(\moodle_exception::class);
        self::issue($student);
    }

    public function test_who_is_not_active_gets_no_card_and_is_told_why(): void {
        $this->assertSame(card_state::READY, student_card::state($this->generator->student()));
        $this->assertSame(card_state::INACTIVE, student_card::state($this->generator->student(['status' => null])));
        $student = $this->generator->student(['status' => 'Graduated']);
        $this->assertSame(card_state::INACTIVE, student_card::state($student));
        set_config('show_card', 0, 'local_mzi');
        $this->assertSame(card_state::OFF, student_card::state($student));

        $this->expectExceptionMessage(get_string('card_no_off', 'local_mzi'));
        self::issue($student);
    }

    public function test_forged_and_unknown_codes_cost_no_query_and_get_the_same_page(): void {
        global $DB, $OUTPUT, $PAGE;
        $PAGE->set_url('/local/mzi/verify.php');
        $genuine = self::issue($this->generator->student())->url->param('c');
        $verification = \core\di::get(card_verification::class);
        $verification->holder($genuine);
        $pages = [];
        foreach ([strrev($genuine), str_repeat('A', 36), '', 'x', str_repeat('A', 5000)] as $code) {
            $before = $DB->perf_get_reads();
            $this->assertNull($verification->holder($code));
            $this->assertSame($before, $DB->perf_get_reads());
            $pages[] = $OUTPUT->render(new card_check($verification->holder($code)));
        }
        $this->assertCount(1, array_unique($pages));
        $this->assertStringContainsString(get_string('verify_invalid', 'local_mzi'), $pages[0]);
    }

    public function test_the_check_tells_name_and_programme_and_nothing_else(): void {
        global $OUTPUT;
        $student = $this->generator->student([
            'display_name' => '<script>alert(1)</script>',
            'program_name' => 'Law & "Order"',
            'academic_email' => 'secret@example.org',
            'national_id' => '99887766',
        ]);
        $page = $OUTPUT->render(new card_check($student));

        $this->assertStringContainsString(s('<script>alert(1)</script>'), $page);
        $this->assertStringContainsString(s('Law & "Order"'), $page);
        foreach (['<script>', 'secret', '99887766', $student->number, $student->zohoid] as $hidden) {
            $this->assertStringNotContainsString($hidden, $page);
        }
    }

    public function test_many_wrong_codes_from_one_address_bid_wait_until_the_next_minute(): void {
        $limit = fn() => new verification_limit(\core\di::get(\core\clock::class));
        $this->travel('2026-11-21 12:00:15');
        for ($number = 1; $number <= verification_limit::WRONG_CODES; $number++) {
            $this->assertSame(0, $limit()->wait('192.0.2.1'));
            $limit()->count_wrong('192.0.2.1');
        }

        $this->assertSame(45, $limit()->wait('192.0.2.1'));
        $this->assertSame(0, $limit()->wait('192.0.2.2'));
        $this->travel('2026-11-21 12:01:00');
        $this->assertSame(0, $limit()->wait('192.0.2.1'));
        for ($number = 1; $number <= verification_limit::WRONG_CODES; $number++) {
            $limit()->count_wrong("2001:db8:0:1::$number");
            $limit()->count_wrong('::ffff:192.0.2.3');
        }
        $this->assertSame(60, $limit()->wait('2001:db8:0:1:ffff::'));
        $this->assertSame(0, $limit()->wait('2001:db8:0:2::1'));
        $this->assertSame(60, $limit()->wait('::ffff:192.0.2.3'));
        $this->assertSame(0, $limit()->wait('::ffff:192.0.2.4'));
    }

    public function test_the_pdf_has_two_pages_of_the_size_of_a_card(): void {
        $pdf = (new card_pdf(self::issue($this->generator->student())))->bytes();

        preg_match_all('/\/Type \/Page\b.*?\/MediaBox \[([\d. ]+)\]/s', $pdf, $pages);
        $this->assertCount(2, $pages[1]);
        foreach ($pages[1] as $box) {
            [$left, $bottom, $right, $top] = array_map(floatval(...), explode(' ', $box));
            $this->assertEqualsWithDelta([0, 0, 85.60, 53.98], [$left, $bottom, $right / 72 * 25.4, $top / 72 * 25.4], 0.001);
        }
    }

    public function test_the_pdf_says_who_it_is_and_until_when(): void {
        $student = $this->generator->student(['display_name' => 'Ada Example', 'program_name' => 'Computing']);
        [$front, $back] = self::texts((new card_pdf(self::issue($student)))->bytes());

        foreach (['Ada Example', 'Computing', $student->number, '21 November 2027'] as $text) {
            $this->assertStringContainsString($text, $front);
        }
        $this->assertStringContainsString('Scan to check', $back);
        $this->assertStringNotContainsString('Ada', $back);
    }

    public function test_arabic_names_are_joined_and_run_from_right_to_left(): void {
        $student = $this->generator->student(['display_name' => "\u{202B}محمد\u{202C} \u{2067}علي\u{2069}"]);
        [$front] = self::texts((new card_pdf(self::issue($student)))->bytes());

        // As drawn from the left: the last letter first, each in the shape that its neighbours ask for.
        $this->assertStringContainsString("\u{FEF2}\u{FEE0}\u{FECB} \u{FEAA}\u{FEE4}\u{FEA4}\u{FEE3}", $front);
    }

    public function test_words_of_both_directions_stand_in_the_order_in_which_they_are_read(): void {
        $student = $this->generator->student(['display_name' => 'علي Zoë Al-Example (2.5) X', 'program_name' => 'Unit محمد-علي']);
        [$front] = self::texts((new card_pdf(self::issue($student)))->bytes());

        $front = str_replace("\u{200C}", '', $front);
        $this->assertStringContainsString("Zoë Al-Example (2.5) X \u{FEF2}\u{FEE0}\u{FECB}", $front);
        $this->assertStringContainsString("Unit \u{FEF2}\u{FEE0}\u{FECB}-\u{FEAA}\u{FEE4}\u{FEA4}\u{FEE3}", $front);
    }

    public function test_what_no_font_has_is_left_out_and_a_name_of_nothing_else_becomes_the_number(): void {
        $student = $this->generator->student(['display_name' => "Zoë \u{1F600}<script>\u{200F}\u{0007} X"]);
        [$front] = self::texts((new card_pdf(self::issue($student)))->bytes());
        $this->assertStringContainsString('Zoë <script> X', $front);

        $student = $this->generator->student(['display_name' => "\u{1F600}\u{1F680}"]);
        [$front] = self::texts((new card_pdf(self::issue($student)))->bytes());
        $this->assertSame(2, substr_count($front, $student->number));
    }

    public function test_long_names_stay_on_the_card(): void {
        $long = str_repeat('Longname ', 28);
        $student = $this->generator->student(['display_name' => $long, 'program_name' => str_repeat('W', 255)]);
        $pdf = (new card_pdf(self::issue($student)))->bytes();

        $this->assertSame(2, preg_match_all('/\/Type \/Page\b/', $pdf));
        $this->assertStringContainsString('…', self::texts($pdf)[0]);
    }

    public function test_the_picture_is_on_the_card(): void {
        $student = $this->generator->student();
        $image = imagecreatetruecolor(30, 40);
        ob_start();
        imagejpeg($image);
        $jpeg = ob_get_clean();
        $without = (new card_pdf(self::issue($student)))->bytes();
        get_file_storage()->create_file_from_string([
            'contextid' => system::instance()->id,
            'component' => 'local_mzi',
            'filearea' => file_access::PHOTO,
            'itemid' => $student->id,
            'filepath' => '/',
            'filename' => 'photo.jpg',
        ], $jpeg);
        $with = (new card_pdf(self::issue($student)))->bytes();

        $this->assertStringNotContainsString('/Subtype /Image', $without);
        $this->assertStringContainsString('/Subtype /Image', $with);
    }

    public function test_the_page_shows_the_card_and_names_are_no_markup(): void {
        global $OUTPUT;
        $student = $this->generator->student(['display_name' => '<script>alert(1)</script>', 'program_name' => '"><img src=x>']);
        $card = self::issue($student);
        $url = new \moodle_url('/local/mzi/card.php', ['student' => $student->id]);
        $html = $OUTPUT->render(new card_view($card, $url, false));

        $code = '/<img class="local-mzi-idcard-code" src="data:image\/svg\+xml;base64,[^"]+" alt="[^"]+">/';
        $this->assertMatchesRegularExpression($code, $html);
        $this->assertStringContainsString(s('<script>alert(1)</script>'), $html);
        $this->assertStringNotContainsString('<script>', $html);
        $this->assertStringNotContainsString('<img src=x>', $html);
        $this->assertStringNotContainsString('name="withdraw"', $html);
        $this->assertStringContainsString('name="withdraw"', $OUTPUT->render(new card_view($card, $url, true)));
    }

    public function test_the_qr_code_on_the_page_is_the_one_of_the_address(): void {
        global $CFG;
        require_once($CFG->libdir . '/tcpdf/tcpdf_barcodes_2d.php');
        $url = self::issue($this->generator->student())->url->out(false);
        // TCPDF draws lots which mask of the code it takes.
        mt_srand(1);
        $svg = base64_decode(explode(',', qr_image::data_url($url))[1]);
        mt_srand(1);
        $code = (new \TCPDF2DBarcode($url, 'QRCODE,M'))->getBarcodeArray();

        preg_match_all('/M(\d+) (\d+)h1v1h-1z/', $svg, $modules, PREG_SET_ORDER);
        $drawn = array_map(fn(array $module) => [$module[1] - 4, $module[2] - 4], $modules);
        $wanted = [];
        foreach ($code['bcode'] as $y => $row) {
            foreach ($row as $x => $dark) {
                if ($dark) {
                    $wanted[] = [$x, $y];
                }
            }
        }
        $this->assertEquals($wanted, $drawn);
        $this->assertNotFalse(simplexml_load_string($svg));
    }

    public function test_a_download_is_logged(): void {
        $user = $this->getDataGenerator()->create_user();
        $student = $this->generator->student([], (int) $user->id);
        $sink = $this->redirectEvents();
        card_downloaded::of($student)->trigger();

        [$event] = $sink->get_events();
        $this->assertSame([$student->id, (int) $user->id], [(int) $event->objectid, (int) $event->relateduserid]);
        $this->assertStringContainsString("student={$student->id}", $event->get_url()->out(false));
        $this->assertStringNotContainsString($student->displayname, $event->get_description());
    }
}
