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

/**
 * The account of the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\bridge_account
 * @covers     \local_mzi\repository\web_service_repository
 */
final class bridge_account_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        global $CFG;
        require_once($CFG->dirroot . '/webservice/lib.php');
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        set_config('enablewebservices', 0);
        set_config('webserviceprotocols', '');
    }

    /**
     * Sets the account up.
     *
     * @param string $username
     * @param bool $rotate
     * @return array
     */
    private static function set_up(string $username = 'mzi_bridge', bool $rotate = false): array {
        return \core\di::get(bridge_account::class)->set_up($username, $rotate);
    }

    public function test_its_token_opens_the_service(): void {
        global $CFG;
        $account = self::set_up();

        $this->assertTrue($account['isnew']);
        $this->assertSame('local_mzi_bridge', $account['service']);
        $this->assertEquals(1, $CFG->enablewebservices);
        $this->assertSame('rest', $CFG->webserviceprotocols);
        $opened = (new \webservice())->authenticate_user($account['token']);
        $this->assertEquals($account['userid'], $opened['user']->id);
        $this->assertSame('local_mzi_bridge', $opened['service']->shortname);
        foreach (bridge_account::CAPABILITIES as $capability) {
            $this->assertTrue(has_capability($capability, system::instance(), $account['userid']));
        }
        $this->assertFalse(is_siteadmin($account['userid']));
        $this->assertFalse(has_capability('moodle/site:config', system::instance(), $account['userid']));
    }

    public function test_a_second_run_changes_nothing_and_keeps_the_token(): void {
        global $DB;
        $first = self::set_up();
        $tables = ['user', 'role', 'role_assignments', 'role_capabilities', 'external_services_users', 'external_tokens'];
        $counts = array_map(fn(string $table) => $DB->count_records($table), $tables);

        $second = self::set_up();

        $this->assertSame(['isnew' => false] + $first, ['isnew' => false] + $second);
        $this->assertFalse($second['isnew']);
        $this->assertSame($counts, array_map(fn(string $table) => $DB->count_records($table), $tables));
    }

    public function test_what_was_broken_is_repaired(): void {
        global $CFG, $DB;
        $account = self::set_up();
        $roleid = $DB->get_field('role', 'id', ['shortname' => bridge_account::ROLE]);
        set_config('enablewebservices', 0);
        set_config('webserviceprotocols', 'soap');
        $DB->set_field('user', 'suspended', 1, ['id' => $account['userid']]);
        $DB->set_field('external_services', 'enabled', 0, ['shortname' => 'local_mzi_bridge']);
        $DB->set_field('external_services_users', 'validuntil', 1, ['userid' => $account['userid']]);
        assign_capability('local/mzi:sync', CAP_PROHIBIT, $roleid, system::instance(), true);
        unassign_capability('webservice/rest:use', $roleid);
        role_unassign($roleid, $account['userid'], system::instance()->id);

        $this->assertSame($account['token'], self::set_up()['token']);

        $this->assertStringContainsString('rest', $CFG->webserviceprotocols);
        $opened = (new \webservice())->authenticate_user($account['token']);
        $this->assertTrue(has_capability('local/mzi:sync', system::instance(), $opened['user']->id));
        $this->assertTrue(has_capability('webservice/rest:use', system::instance(), $opened['user']->id));
    }

    public function test_rotating_replaces_the_token_at_once(): void {
        $old = self::set_up()['token'];

        $new = self::set_up('mzi_bridge', true);

        $this->assertTrue($new['isnew']);
        $this->assertNotSame($old, $new['token']);
        $this->expectExceptionMessage('Invalid token');
        (new \webservice())->authenticate_user($old);
    }

    public function test_only_the_token_that_is_meant_is_replaced(): void {
        $accounts = \core\di::get(bridge_account::class);
        $this->assertNull($accounts->username());
        $this->assertNull($accounts->token_id());
        $old = self::set_up('bridge_of_ours');
        $meant = $accounts->token_id();

        $new = $accounts->renew($meant);

        $this->assertNotSame($old['token'], $new['token']);
        $this->assertSame($old['userid'], $new['userid']);
        $this->assertSame('bridge_of_ours', $accounts->username());
        $this->assertNotSame($meant, $accounts->token_id());
        $this->expectExceptionMessage('The token has been replaced meanwhile');
        $accounts->renew($meant);
    }

    public function test_two_requests_do_not_set_it_up_at_once(): void {
        global $CFG, $DB;
        require_once(__DIR__ . '/../fixtures/busy_lock_factory.php');
        $CFG->lock_factory = \local_mzi\fixtures\busy_lock_factory::class;
        try {
            self::set_up();
            $this->fail('It did not wait.');
        } catch (\moodle_exception $exception) {
            $this->assertSame('access_busy', $exception->errorcode);
        }
        $this->assertFalse($DB->record_exists('user', ['username' => bridge_account::USERNAME]));
    }

    public function test_an_expired_token_is_replaced(): void {
        global $DB;
        $old = self::set_up()['token'];
        $DB->set_field('external_tokens', 'validuntil', 1, ['token' => $old]);

        $this->assertNotSame($old, self::set_up()['token']);
    }

    public function test_the_account_of_a_person_is_left_alone(): void {
        $this->getDataGenerator()->create_user(['username' => 'ada']);

        $this->expectExceptionMessage('The account "ada" belongs to somebody else');
        self::set_up('ada');
    }

    public function test_a_name_that_is_none_is_refused(): void {
        $this->expectExceptionMessage('"Not A Name" is no user name');
        self::set_up('Not A Name');
    }

    public function test_a_setting_forced_off_is_named(): void {
        global $CFG;
        $CFG->config_php_settings['enablewebservices'] = 0;
        $CFG->enablewebservices = 0;

        try {
            self::set_up();
            $this->fail('The setting was overlooked.');
        } catch (\moodle_exception $exception) {
            $this->assertStringContainsString('enablewebservices', $exception->getMessage());
        } finally {
            unset($CFG->config_php_settings['enablewebservices']);
        }
    }

    public function test_an_installation_that_is_not_complete_is_named(): void {
        global $DB;
        $DB->delete_records('external_services', ['shortname' => 'local_mzi_bridge']);

        $this->expectExceptionMessage('Complete the installation first');
        self::set_up();
    }
}
