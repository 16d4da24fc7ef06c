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
use local_mzi\local\posted;

/**
 * Messages go over real HTTP, under the site's rules for outgoing connections.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\bridge_post
 * @covers     \local_mzi\local\posted
 */
final class bridge_post_test extends \advanced_testcase {
    /** What the server at the other end does. */
    private const SERVER = <<<'PHP'
        <?php
        [$path] = explode('?', $_SERVER['REQUEST_URI']);
        if ($path === '/redirect') {
            header('Location: /echo', true, 302);
        } else if ($path === '/away') {
            header('Retry-After: 7', true, 503);
        } else {
            echo json_encode([$_SERVER['REQUEST_METHOD'], $_SERVER['HTTP_WEBHOOK_ID'] ?? null,
                $_SERVER['CONTENT_TYPE'] ?? null, file_get_contents('php://input')]);
        }
        PHP;

    /** @var loopback_server the server */
    private loopback_server $server;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        require_once(__DIR__ . '/../fixtures/loopback_server.php');
    }

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->server = new loopback_server(self::SERVER);
    }

    #[\Override]
    protected function tearDown(): void {
        $this->server->stop();
        parent::tearDown();
    }

    /**
     * Posts to the server.
     *
     * @param string $path
     * @return posted
     */
    private function post(string $path): posted {
        return (new bridge_post())->post("http://{$this->server->address}$path", ['webhook-id: 1'], '{"events":[]}');
    }

    public function test_the_body_arrives_as_it_was_signed(): void {
        $posted = $this->post('/echo');

        $this->assertSame([200, null], [$posted->status, $posted->error]);
        $this->assertSame(['POST', '1', 'application/json', '{"events":[]}'], json_decode($posted->body, true));
    }

    public function test_a_redirect_is_not_followed(): void {
        $this->assertSame(302, $this->post('/redirect')->status);
    }

    public function test_the_other_sides_word_on_waiting_is_heard(): void {
        $posted = $this->post('/away');

        $this->assertSame([503, 7], [$posted->status, $posted->retryafter]);
        $this->assertNull($this->post('/echo')->retryafter);
    }

    public function test_the_sites_own_rules_hold(): void {
        set_config('curlsecurityblockedhosts', '127.0.0.1');
        $this->assertEquals(new posted(0, error: 'blocked'), $this->post('/echo'));
        $this->assertDebuggingCalled();

        set_config('curlsecurityblockedhosts', '');
        set_config('curlsecurityallowedport', '443');
        $this->assertEquals(new posted(0, error: 'blocked'), $this->post('/echo'));
        $this->assertDebuggingCalled();
    }

    public function test_a_bridge_that_is_away_is_told_by_a_word(): void {
        $this->server->stop();

        $this->assertEquals(new posted(0, error: 'curl_7'), $this->post('/echo'));
    }
}
