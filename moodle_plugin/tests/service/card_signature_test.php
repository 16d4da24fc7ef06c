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
 * The codes of student cards.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\card_signature
 * @covers     \local_mzi\service\card_key
 */
final class card_signature_test extends \advanced_testcase {
    /** @var card_claim what the codes claim */
    private card_claim $claim;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->claim = new card_claim(4_321_000_123, 7, '2026-11-21', '2027-11-21');
    }

    /**
     * The service, as every request has a new one.
     *
     * @return card_signature
     */
    private static function signature(): card_signature {
        return new card_signature(new card_key());
    }

    public function test_a_code_says_what_was_signed_and_needs_no_escaping(): void {
        $code = self::signature()->sign($this->claim);

        $this->assertSame(36, strlen($code));
        $this->assertSame($code, rawurlencode($code));
        $this->assertSame($code, self::signature()->sign($this->claim));
        $this->assertEquals($this->claim, self::signature()->read($code));
    }

    public function test_the_largest_numbers_fit_and_larger_ones_are_refused(): void {
        $largest = new card_claim(256 ** 5 - 1, 65535, '1970-01-01', '2149-06-06');
        $this->assertEquals($largest, self::signature()->read(self::signature()->sign($largest)));

        $this->expectException(\coding_exception::class);
        self::signature()->sign(new card_claim(1, 65536, '2026-11-21', '2027-11-21'));
    }

    public function test_a_code_with_any_bit_changed_is_refused(): void {
        $code = self::signature()->sign($this->claim);
        $bytes = base64_decode(strtr($code, '-_', '+/'));
        for ($bit = 0; $bit < 8 * strlen($bytes); $bit++) {
            $changed = $bytes;
            $changed[intdiv($bit, 8)] = chr(ord($changed[intdiv($bit, 8)]) ^ (1 << ($bit % 8)));
            $this->assertNull(self::signature()->read(strtr(base64_encode($changed), '+/', '-_')), "bit $bit");
        }
    }

    public function test_a_code_has_one_spelling_only(): void {
        $code = self::signature()->sign($this->claim);
        $others = ["$code=", " $code", "$code\n", "{$code}A", substr($code, 1), '', "\0", str_repeat('é', 18), str_repeat('+', 36)];
        foreach ($others as $other) {
            $this->assertNull(self::signature()->read($other), json_encode($other));
        }
    }

    public function test_a_new_key_ends_every_code_of_before(): void {
        $code = self::signature()->sign($this->claim);
        (new card_key())->renew();

        $this->assertNull(self::signature()->read($code));
        $this->assertEquals($this->claim, self::signature()->read(self::signature()->sign($this->claim)));
    }

    public function test_the_key_is_made_once_and_lies_encrypted(): void {
        $key = (new card_key())->make_once();

        $this->assertSame(32, strlen($key));
        $this->assertSame($key, (new card_key())->make_once());
        $stored = get_config('local_mzi', 'cardkey');
        $this->assertStringNotContainsString(base64_encode($key), $stored);
        $this->assertSame(base64_encode($key), \core\encryption::decrypt($stored));
    }

    public function test_reading_a_code_makes_no_key(): void {
        $this->assertNull(self::signature()->read(str_repeat('A', 36)));
        $this->assertFalse(get_config('local_mzi', 'cardkey'));
    }

    public function test_a_key_that_another_request_made_meanwhile_is_taken(): void {
        global $DB;
        get_config('local_mzi', 'cardkey');
        $value = \core\encryption::encrypt(base64_encode(str_repeat('k', 32)));
        $DB->insert_record('config_plugins', ['plugin' => 'local_mzi', 'name' => 'cardkey', 'value' => $value]);

        $this->assertSame(str_repeat('k', 32), (new card_key())->make_once());
    }

    public function test_a_code_of_another_key_that_signs_the_same_bytes_for_another_purpose_is_refused(): void {
        $key = (new card_key())->make_once();
        $bytes = substr(base64_decode(strtr(self::signature()->sign($this->claim), '-_', '+/')), 0, 11);
        $forged = $bytes . substr(hash_hmac('sha256', $bytes, $key, true), 0, 16);

        $this->assertNull(self::signature()->read(strtr(base64_encode($forged), '+/', '-_')));
    }
}
