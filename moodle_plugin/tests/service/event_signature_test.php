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
 * What proves to the bridge that a message is ours, and where it may go.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\event_signature
 * @covers     \local_mzi\service\bridge_address
 * @covers     \local_mzi\local\secret
 * @covers     \local_mzi\local\secret_setting
 * @covers     \local_mzi\local\bridge_url_setting
 * @covers     \local_mzi\local\outbox_settings
 */
final class event_signature_test extends \advanced_testcase {
    /** The key in the example of Standard Webhooks. */
    private const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
    }

    /**
     * A setting of the page.
     *
     * @param string $name
     * @param string $page
     * @return \admin_setting
     */
    private function setting(string $name, string $page = 'local_mzi_outbox'): \admin_setting {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $this->setAdminUser();
        return admin_get_root(true)->locate($page)->settings->{"local_mzi$name"};
    }

    /**
     * Why there is no address now.
     *
     * @return string
     */
    private function refusal(): string {
        try {
            return bridge_address::url('/x');
        } catch (\moodle_exception $exception) {
            return $exception->errorcode;
        }
    }

    public function test_the_signature_is_that_of_the_standards_own_example(): void {
        secret::EVENT_KEY->write(self::KEY);

        $this->assertSame([
            'webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek',
            'webhook-timestamp: 1614265330',
            'webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
        ], event_signature::headers('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}'));
    }

    public function test_each_active_key_signs_once(): void {
        $second = 'whsec_' . base64_encode(str_repeat('b', 32));
        secret::EVENT_KEY->write($second);
        secret::EVENT_KEY_PREVIOUS->write(self::KEY);

        $header = event_signature::headers('id', 1, '{}')[2];
        $this->assertSame(2, preg_match_all('/v1,[A-Za-z0-9+\/]{43}=/', $header));
        secret::EVENT_KEY_PREVIOUS->write($second);
        $this->assertCount(1, event_signature::keys());
    }

    public function test_without_a_key_nothing_is_signed(): void {
        foreach (['', 'whsec_', 'whsec_!!', self::KEY . '=x', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] as $wrong) {
            $this->assertNull(event_signature::key($wrong), $wrong);
            $this->assertSame($wrong === '', secret::EVENT_KEY->accepts($wrong), $wrong);
        }
        $this->assertNull(event_signature::key('whsec_' . base64_encode(str_repeat('a', 23))));
        $this->assertNull(event_signature::key('whsec_' . base64_encode(str_repeat('a', 65))));
        $this->assertNotNull(event_signature::key('whsec_' . base64_encode(str_repeat('a', 64))));
        $this->expectExceptionMessage(get_string('outbox_nokey', 'local_mzi'));
        event_signature::headers('id', 1, '{}');
    }

    public function test_events_go_to_https_and_to_plain_http_only_on_this_machine(): void {
        $good = ['https://bridge.example.org', 'https://bridge.example.org:8443/base/', 'https://127.0.0.1'];
        $loopback = ['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:99/', 'http://127.8.9.10'];
        $bad = [
            'bridge.example.org', '//bridge.example.org', 'ftp://bridge.example.org', 'http://bridge.example.org',
            'http://127.0.0.1.example.org', 'http://localhost.example.org', 'https://', 'https:///x', 'javascript:alert(1)',
            'https://user@bridge.example.org', 'https://a:b@bridge.example.org', 'https://bridge.example.org/?x=1',
            'https://bridge.example.org/#x', "https://bridge.example.org/\nX: y", 'https://a b', 'https://a\\@b', 'http:/x',
        ];
        foreach ($good as $address) {
            $this->assertTrue(bridge_address::is_sound($address, false), $address);
        }
        foreach ($loopback as $address) {
            $this->assertFalse(bridge_address::is_sound($address, false), $address);
            $this->assertTrue(bridge_address::is_sound($address, true), $address);
        }
        foreach ($bad as $address) {
            $this->assertFalse(bridge_address::is_sound($address, true), $address);
        }
    }

    public function test_a_copy_of_the_site_sends_nothing(): void {
        global $CFG;
        $this->assertSame('outbox_noaddress', $this->refusal());
        $this->assertSame('', $this->setting('bridgeurl', 'local_mzi')->write_setting('https://bridge.example.org/base/'));
        $this->assertSame('', $this->setting('eventkey')->write_setting(' ' . self::KEY . "\n"));
        $this->assertSame('https://bridge.example.org/base/x', $this->refusal());

        $CFG->wwwroot = 'https://copy.example.org';
        $this->assertSame('outbox_othersite', $this->refusal());
        $this->assertSame('', $this->setting('eventkey')->write_setting(self::KEY));
        $this->assertSame('https://bridge.example.org/base/x', $this->refusal());
    }

    public function test_keys_that_came_by_another_way_belong_to_the_site_that_uses_them_first(): void {
        global $CFG;
        set_config('bridgeurl', 'https://bridge.example.org', 'local_mzi');

        $this->assertSame('https://bridge.example.org/x', $this->refusal());
        $CFG->wwwroot = 'https://copy.example.org';
        $this->assertSame('outbox_othersite', $this->refusal());
    }

    public function test_a_key_that_is_replaced_by_the_set_up_goes_on_signing(): void {
        $second = 'whsec_' . base64_encode(str_repeat('b', 32));
        bridge_address::save('https://bridge.example.org', self::KEY);
        bridge_address::save(null, $second);
        bridge_address::save(null, $second);

        $this->assertSame('https://bridge.example.org/x', $this->refusal());
        $this->assertSame([event_signature::key($second), event_signature::key(self::KEY)], event_signature::keys());
        foreach ([['http://bridge.example.org', null], ['', null], [null, 'secret']] as $wrong) {
            try {
                bridge_address::save(...$wrong);
                $this->fail('It was saved');
            } catch (\moodle_exception $exception) {
                $this->assertContains($exception->errorcode, ['outbox_badaddress', 'setting_eventkey_invalid']);
            }
        }
    }

    public function test_the_page_takes_only_what_can_work(): void {
        $this->assertNotSame('', $this->setting('bridgeurl', 'local_mzi')->write_setting('http://bridge.example.org'));
        $this->assertSame('', $this->setting('bridgeurl', 'local_mzi')->write_setting('http://127.0.0.1:8080'));
        $this->assertSame('outbox_badaddress', $this->refusal());
        $this->assertNotSame('', $this->setting('eventkey')->write_setting('secret'));
        $this->assertNotSame('', $this->setting('tenantid', 'local_mzi')->write_setting('a b'));
        $this->assertNotSame('', $this->setting('outboxlagminutes')->write_setting('0'));
        $this->assertSame('', $this->setting('outboxretention')->write_setting('0'));
    }
}
