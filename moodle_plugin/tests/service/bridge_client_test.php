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

use local_mzi\fixtures\loopback_server;
use local_mzi\fixtures\scripted_curl;
use local_mzi\local\bridge_fault;
use local_mzi\local\bridge_trouble;
use local_mzi\local\posted;
use local_mzi\local\secret;

/**
 * What the pages ask the bridge, and what becomes of each kind of answer.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\bridge_client
 * @covers     \local_mzi\service\bridge_curl
 * @covers     \local_mzi\service\bridge_watch
 * @covers     \local_mzi\service\connection_test
 * @covers     \local_mzi\local\bridge_fault
 * @covers     \local_mzi\local\bridge_trouble
 * @covers     \local_mzi\local\bridge_state
 * @covers     \local_mzi\local\connection
 * @covers     \local_mzi\local\json_reader
 * @covers     \local_mzi\local\ping
 */
final class bridge_client_test extends \advanced_testcase {
    /** Answers with what it got. */
    private const ECHO = <<<'PHP'
        <?php
        if (str_contains($_SERVER['REQUEST_URI'], 'redirect')) {
            header('Location: /elsewhere', true, 302);
        } else {
            echo json_encode([$_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], $_SERVER['HTTP_AUTHORIZATION'] ?? null,
                file_get_contents('php://input')]);
        }
        PHP;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        require_once(__DIR__ . '/../fixtures/loopback_server.php');
        require_once(__DIR__ . '/../fixtures/scripted_curl.php');
    }

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
    }

    /**
     * Why the state cannot be had.
     *
     * @return bridge_fault|null
     */
    private static function fault(): ?bridge_fault {
        try {
            \core\di::get(bridge_client::class)->state();
            return null;
        } catch (bridge_fault $fault) {
            return $fault;
        }
    }

    public function test_a_call_carries_the_key_and_waits_as_long_as_the_settings_say(): void {
        global $CFG;
        $curl = scripted_curl::in_place();
        set_config('pagetimeout', 2, 'local_mzi');
        set_config('bridgetimeout', 44, 'local_mzi');
        $client = \core\di::get(bridge_client::class);

        $client->state();
        $client->ping();
        $client->start('students', 'delta');
        $client->start(null, 'full');
        $client->steer(7, 'pause');
        $client->history(20);

        $base = 'https://bridge.example.org/base/api/v1';
        $this->assertSame([
            ['GET', "$base/extension/state", 2],
            ['POST', "$base/extension/ping", 44],
            ['POST', "$base/sync/students?mode=delta", 44],
            ['POST', "$base/admin/full-sync", 44],
            ['POST', "$base/extension/syncs/7/pause", 44],
            ['GET', "$base/extension/sync-history?limit=20&kind=job", 2],
        ], array_map(fn(array $call) => [$call['method'], $call['url'], $call['seconds']], $curl->calls));
        $this->assertSame(['Authorization: Bearer key-0123456789'], $curl->calls[0]['headers']);
        $this->assertSame($CFG->wwwroot, $curl->calls[1]['body']->site);
    }

    /**
     * Answers, and what they mean.
     *
     * @return array
     */
    public static function answers(): array {
        $error = fn(string $word) => json_encode(['error' => $word, 'fix' => 'x']);
        return [
            [new posted(0, error: 'blocked'), bridge_trouble::BLOCKED],
            [new posted(0, error: 'curl_6'), bridge_trouble::NO_HOST],
            [new posted(0, error: 'curl_7'), bridge_trouble::UNREACHABLE],
            [new posted(0, error: 'curl_28'), bridge_trouble::TIMEOUT],
            [new posted(0, error: 'curl_60'), bridge_trouble::CERTIFICATE],
            [new posted(200, '{}'), null],
            [new posted(202, '{"id": 1}'), null],
            [new posted(200, '<html>'), bridge_trouble::NOT_BRIDGE],
            [new posted(302, ''), bridge_trouble::NOT_BRIDGE],
            [new posted(404, '<html>'), bridge_trouble::NOT_BRIDGE],
            [new posted(401, $error('unauthorized')), bridge_trouble::UNAUTHORIZED],
            [new posted(403, $error('missing_scope')), bridge_trouble::FORBIDDEN],
            [new posted(404, $error('unknown_module')), bridge_trouble::REFUSED],
            [new posted(409, $error('mapping_changed')), bridge_trouble::CONFLICT],
            [new posted(422, $error('mapping_invalid')), bridge_trouble::INVALID],
            [new posted(429, $error('too_many')), bridge_trouble::BUSY],
            [new posted(503, $error('not_connected')), bridge_trouble::NOT_CONNECTED],
            [new posted(503, $error('journal_unavailable')), bridge_trouble::DOWN],
            [new posted(502, '<html>'), bridge_trouble::DOWN],
        ];
    }

    /**
     * Every answer that is not well has a name, a message and a way out.
     *
     * @dataProvider answers
     * @param posted $posted
     * @param bridge_trouble|null $trouble
     */
    public function test_an_answer_means_what_can_be_done_about_it(posted $posted, ?bridge_trouble $trouble): void {
        $this->assertSame($trouble, bridge_trouble::of_answer($posted, json_decode($posted->body, true)));
    }

    public function test_every_trouble_says_what_is_wrong_and_what_to_do(): void {
        foreach (bridge_trouble::cases() as $trouble) {
            $this->assertStringNotContainsString('[[', $trouble->message() . $trouble->fix(), $trouble->value);
        }
    }

    public function test_what_is_missing_is_named_before_anything_is_sent(): void {
        global $CFG;
        $curl = scripted_curl::in_place();
        set_config('bridgeurl', '', 'local_mzi');
        $this->assertSame(bridge_trouble::NO_ADDRESS, self::fault()->trouble);
        set_config('bridgeurl', 'http://bridge.example.org', 'local_mzi');
        $this->assertSame(bridge_trouble::BAD_ADDRESS, self::fault()->trouble);
        set_config('bridgeurl', 'https://bridge.example.org', 'local_mzi');
        secret::API_KEY->write('');
        $this->assertSame(bridge_trouble::NO_KEY, self::fault()->trouble);
        set_config('apikey', 'sodium:' . base64_encode(random_bytes(80)), 'local_mzi');
        $this->assertSame(bridge_trouble::KEY_LOST, self::fault()->trouble);
        set_config('apikey', 'in plain text', 'local_mzi');
        $this->assertSame(bridge_trouble::KEY_LOST, self::fault()->trouble);
        $CFG->wwwroot = 'https://copy.example.org';
        $this->assertSame(bridge_trouble::OTHER_SITE, self::fault()->trouble);
        $this->assertSame([], $curl->calls);
    }

    public function test_a_fault_tells_the_bridges_word_and_nothing_else_of_its_answer(): void {
        $curl = scripted_curl::in_place();
        $curl->answer('/state', 403, ['error' => 'missing_scope', 'title' => 'key-0123456789 of Ada']);

        $fault = self::fault();

        $this->assertSame('missing_scope', $fault->word);
        $this->assertStringNotContainsString('Ada', json_encode($fault->export()) . $fault->getMessage());
        $curl->answer('/state', 403, ['error' => 'Ada Lovelace']);
        $this->assertNull(self::fault()->word);
    }

    public function test_over_real_http_each_method_carries_its_body_and_no_redirect_is_followed(): void {
        $server = new loopback_server(self::ECHO);
        try {
            $curl = new bridge_curl();
            $call = fn(string $method, ?string $body) => json_decode(
                $curl->request($method, "http://{$server->address}/p?q=1", ['Authorization: Bearer k'], $body, 5)->body
            );
            $this->assertSame(['GET', '/p?q=1', 'Bearer k', ''], $call('GET', null));
            $this->assertSame(['POST', '/p?q=1', 'Bearer k', ''], $call('POST', ''));
            $this->assertSame(['PUT', '/p?q=1', 'Bearer k', '{"a":"ب"}'], $call('PUT', '{"a":"ب"}'));
            $this->assertSame(302, $curl->request('GET', "http://{$server->address}/redirect", [], null, 5)->status);
        } finally {
            $server->stop();
        }
    }

    public function test_the_log_of_calls_names_path_and_outcome_and_no_secret(): void {
        $file = make_request_directory() . '/log';
        $before = ini_set('error_log', $file);
        try {
            $call = fn() => (new bridge_curl())->request(
                'GET',
                'http://127.0.0.1:1/path?personal=Ada',
                ['Authorization: Bearer key-0123456789'],
                'body',
                1
            );
            set_config('curlsecurityblockedhosts', '');
            set_config('curlsecurityallowedport', '');
            $call();
            $this->assertFileDoesNotExist($file);
            set_config('debuglog', 1, 'local_mzi');
            $call();
            $this->assertMatchesRegularExpression('~local_mzi: GET /path: curl_7, \d+ ms$~', trim(file_get_contents($file)));
        } finally {
            ini_set('error_log', $before);
        }
    }

    public function test_the_bridge_is_asked_once_a_minute_whether_it_answers_or_not(): void {
        $clock = $this->mock_clock_with_frozen(1795000000);
        $curl = scripted_curl::in_place();
        $look = fn() => \core\di::get(bridge_watch::class)->look();
        $curl->fail('curl_28');
        $this->assertSame(bridge_trouble::TIMEOUT, $look()->fault->trouble);
        $curl->answer('', 200, ['version' => '1', 'connected' => true]);
        $clock->bump(59);
        $this->assertSame(bridge_trouble::TIMEOUT, $look()->fault->trouble);
        $this->assertCount(1, $curl->calls);

        $clock->bump(1);
        $this->assertSame('1', $look()->state->version);
        $this->assertFalse($look()->state->needs_somebody());
        $this->assertCount(2, $curl->calls);

        secret::API_KEY->write('another-0123456789');
        $look();
        bridge_watch::forget();
        $look();
        $this->assertCount(4, $curl->calls);
    }

    public function test_whatever_the_bridge_leaves_out_is_empty(): void {
        $state = \local_mzi\local\bridge_state::of(['links' => 'none', 'held' => ['A' => 'x', 'B' => 2], 'alarms' => [1, []]]);

        $this->assertSame([false, [], ['B' => 2], null], [$state->connected, $state->links, $state->held, $state->drift]);
        $this->assertCount(1, $state->alarms);
        $this->assertTrue($state->needs_somebody());
    }

    public function test_a_connection_is_tested_both_ways(): void {
        global $CFG;
        $curl = scripted_curl::in_place();
        $test = fn() => \core\di::get(connection_test::class)->run();
        $moodle = ['reached' => true, 'site' => $CFG->wwwroot, 'same_site' => true, 'error' => null];
        $curl->answer('/ping', 200, ['bridge' => '0.1.0', 'moodle' => $moodle]);
        $this->assertSame([true, true], [$test()->is_there(), $test()->is_back()]);

        $curl->answer('/ping', 200, ['bridge' => '0.1.0', 'moodle' => ['same_site' => false] + $moodle]);
        $this->assertSame([true, false], [$test()->is_there(), $test()->is_back()]);
        $curl->answer('/ping', 200, ['bridge' => '0.1.0', 'moodle' => ['reached' => false] + $moodle]);
        $this->assertFalse($test()->is_back());
        $curl->answer('/ping', 401, ['error' => 'unauthorized']);
        $this->assertSame([false, false], [$test()->is_there(), $test()->is_back()]);
        $this->assertSame(bridge_trouble::UNAUTHORIZED, $test()->fault->trouble);
    }
}
