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

namespace local_mzi\check;

use core\check\result;
use local_mzi\fixtures\scripted_curl;
use local_mzi\local\event_type;
use local_mzi\local\secret;
use local_mzi\repository\outbox_repository;
use local_mzi\service\bridge_account;
use local_mzi\service\bridge_watch;
use local_mzi\service\check_list;
use local_mzi\service\web_service_health;

/**
 * The checks say what is wrong and where it is mended.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\check\bridge_check
 * @covers     \local_mzi\check\cron_check
 * @covers     \local_mzi\check\failure_check
 * @covers     \local_mzi\check\token_check
 * @covers     \local_mzi\check\web_service_check
 * @covers     \local_mzi\service\check_list
 * @covers     \local_mzi\service\web_service_health
 * @covers     \local_mzi\repository\web_service_repository
 */
final class checks_test extends \advanced_testcase {
    /** Now. */
    private const NOW = 1795000000;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        require_once(__DIR__ . '/../fixtures/scripted_curl.php');
    }

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->mock_clock_with_frozen(self::NOW);
    }

    public function test_all_checks_are_on_moodles_page_and_each_says_where_to_go(): void {
        $ids = array_map(fn($check) => $check->get_ref(), \core\check\manager::get_checks('status'));
        foreach (check_list::all() as $check) {
            $this->assertContains($check->get_ref(), $ids);
            $this->assertNotSame('', $check->get_name());
            $this->assertNotSame('', $check->get_result()->get_summary());
        }
    }

    public function test_a_bridge_that_is_not_set_up_is_no_trouble_and_one_that_is_away_is(): void {
        $status = function (): string {
            bridge_watch::forget();
            return (new bridge_check())->get_result()->get_status();
        };
        $curl = scripted_curl::in_place();
        set_config('apikey', '', 'local_mzi');
        $this->assertSame(result::NA, $status());
        secret::API_KEY->write('key-0123456789');
        $curl->fail('curl_7');
        $this->assertSame(result::ERROR, $status());
        $curl->answer('', 200, ['connected' => true]);
        $this->assertSame(result::OK, $status());
        $curl->answer('', 200, ['connected' => true, 'dead_letters' => 1]);
        $this->assertSame(result::WARNING, $status());
        set_config('bridgeon', 0, 'local_mzi');
        $this->assertSame(result::INFO, $status());
        $this->assertSame(result::WARNING, (new outbox_check())->get_result()->get_status());
    }

    public function test_failed_events_warn_first_and_are_an_error_past_the_limit(): void {
        global $DB;
        $status = fn() => (new failure_check())->get_result()->get_status();
        $DB->delete_records('local_mzi_outbox');
        $this->assertSame(result::OK, $status());
        foreach (range(1, 10) as $number) {
            \core\di::get(outbox_repository::class)->add(event_type::STUDENT_LINKED->value, [], null, "student:$number");
            $DB->set_field('local_mzi_outbox', 'status', 'failed', []);
            $this->assertSame($number < 10 ? result::WARNING : result::ERROR, $status());
        }
    }

    public function test_each_thing_that_keeps_the_bridge_out_is_named(): void {
        global $DB;
        $status = fn() => (new web_service_check())->get_result()->get_status();
        $this->assertSame(result::NA, $status());
        $account = \core\di::get(bridge_account::class)->set_up('mzi_bridge');
        $this->assertSame(result::OK, $status());
        $service = $DB->get_field('external_services', 'id', ['shortname' => 'local_mzi_bridge']);
        $role = $DB->get_field('role', 'id', ['shortname' => bridge_account::ROLE]);
        $breaks = [
            'webservice_off' => fn() => set_config('enablewebservices', 0),
            'webservice_norest' => fn() => set_config('webserviceprotocols', 'soap'),
            'webservice_serviceoff' => fn() => $DB->set_field('external_services', 'enabled', 0, ['id' => $service]),
            'webservice_suspended' => fn() => $DB->set_field('user', 'suspended', 1, ['id' => $account['userid']]),
            'webservice_notallowed' => fn() => $DB->delete_records('external_services_users', ['externalserviceid' => $service]),
            'webservice_nocapability' => fn() => unassign_capability('local/mzi:sync', $role),
        ];
        foreach ($breaks as $name => $break) {
            $break();
            $parts = \core\di::get(web_service_health::class)->parts();
            $this->assertSame([[get_string($name, 'local_mzi')]], array_values(array_filter($parts)), $name);
            $result = (new web_service_check())->get_result();
            $this->assertSame(result::CRITICAL, $result->get_status(), $name);
            $this->assertStringContainsString(get_string($name, 'local_mzi'), $result->get_details());
            \core\di::get(bridge_account::class)->set_up('mzi_bridge');
            $this->assertSame(result::OK, $status(), $name);
        }
        delete_user(\core_user::get_user($account['userid']));
        $this->assertStringContainsString(
            get_string('webservice_nouser', 'local_mzi'),
            (new web_service_check())->get_result()->get_details()
        );
    }

    public function test_the_end_of_the_token_is_told_in_time(): void {
        global $DB;
        $status = fn() => (new token_check())->get_result()->get_status();
        $this->assertSame(result::NA, $status());
        $token = \core\di::get(bridge_account::class)->set_up('mzi_bridge')['token'];
        $this->assertSame(result::OK, $status());
        $ends = [
            [15 * DAYSECS, result::OK], [14 * DAYSECS, result::WARNING], [1, result::WARNING], [0, result::CRITICAL],
        ];
        foreach ($ends as [$seconds, $expected]) {
            $DB->set_field('external_tokens', 'validuntil', self::NOW + $seconds, ['token' => $token]);
            $this->assertSame($expected, $status(), (string) $seconds);
        }
        $DB->delete_records('external_tokens');
        $this->assertSame(result::CRITICAL, $status());
    }

    public function test_cron_that_does_not_run_is_critical(): void {
        $status = fn() => (new cron_check())->get_result()->get_status();
        set_config('lastcronstart', 0, 'tool_task');
        $this->assertSame(result::CRITICAL, $status());
        set_config('lastcronstart', self::NOW - 601, 'tool_task');
        $this->assertSame(result::CRITICAL, $status());
        set_config('lastcronstart', self::NOW - 600, 'tool_task');
        $this->assertSame(result::OK, $status());
        $task = \core\task\manager::get_scheduled_task(\local_mzi\task\queue_deliveries::class);
        $task->set_disabled(true);
        \core\task\manager::configure_scheduled_task($task);
        $this->assertSame(result::ERROR, $status());
    }
}
