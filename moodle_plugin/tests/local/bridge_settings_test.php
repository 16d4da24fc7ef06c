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

namespace local_mzi\local;

use local_mzi\event\settings_reset;
use local_mzi\service\bridge_address;
use local_mzi\service\event_signature;
use local_mzi\service\outbox_backoff;
use local_mzi\service\outbox_delivery;
use local_mzi\service\setting_reset;

/**
 * The settings of the bridge: secrets, the switch, limits, and the way back to the defaults.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\secret
 * @covers     \local_mzi\local\secret_setting
 * @covers     \local_mzi\local\bridge_settings
 * @covers     \local_mzi\local\outbox_settings
 * @covers     \local_mzi\local\changed_setting
 * @covers     \local_mzi\local\sync_settings
 * @covers     \local_mzi\local\setting_text
 * @covers     \local_mzi\service\setting_reset
 * @covers     \local_mzi\event\settings_reset
 */
final class bridge_settings_test extends \advanced_testcase {
    /** An API key. */
    private const API_KEY = 'secret-of-the-bridge';

    /** A key of events. */
    private const EVENT_KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    /**
     * A setting.
     *
     * @param string $name
     * @param string $page
     * @return \admin_setting
     */
    private static function setting(string $name, string $page = 'local_mzi'): \admin_setting {
        return admin_get_root(true)->locate($page)->settings->{"local_mzi$name"};
    }

    public function test_secrets_are_stored_encrypted_and_no_page_holds_them(): void {
        global $DB, $PAGE;
        $PAGE->set_url('/admin/settings.php');
        $this->assertSame('', self::setting('apikey')->write_setting(' ' . self::API_KEY . "\n"));
        $this->assertSame('', self::setting('eventkey', 'local_mzi_outbox')->write_setting(self::EVENT_KEY));

        $this->assertSame(self::API_KEY, secret::API_KEY->read());
        $this->assertSame(self::EVENT_KEY, secret::EVENT_KEY->read());
        $this->assertCount(1, event_signature::keys());
        $this->assertTrue(bridge_address::is_this_site());
        foreach ($DB->get_records('config_plugins', ['plugin' => 'local_mzi']) as $row) {
            $this->assertStringNotContainsString(self::API_KEY, $row->value);
            $this->assertStringNotContainsString(self::EVENT_KEY, $row->value);
        }
        foreach (['local_mzi', 'local_mzi_outbox'] as $page) {
            $html = admin_get_root(true)->locate($page)->output_html();
            foreach ([secret::API_KEY, secret::EVENT_KEY] as $secret) {
                $this->assertStringNotContainsString($secret->read(), $html);
                $this->assertStringNotContainsString(get_config('local_mzi', $secret->value), $html);
            }
        }
        $this->assertStringContainsString(get_string('encryptedpassword_set', 'admin'), self::setting('apikey')->output_html(
            self::setting('apikey')->get_setting()
        ));
    }

    public function test_a_secret_that_is_none_is_refused_and_one_of_another_site_is_named(): void {
        foreach (['short', 'with blanks in it', "with\ncontrol", 'مفتاح-عربي'] as $wrong) {
            $this->assertNotSame('', self::setting('apikey')->write_setting($wrong), $wrong);
        }
        $this->assertNotSame('', self::setting('eventkey', 'local_mzi_outbox')->write_setting(self::API_KEY));
        $this->assertSame('', secret::API_KEY->read());
        $this->assertFalse(secret::EVENT_KEY->is_set());
        set_config('eventkey', 'sodium:' . base64_encode(random_bytes(90)), 'local_mzi');
        $this->expectExceptionMessage(get_string('outbox_keylost', 'local_mzi'));
        event_signature::keys();
    }

    public function test_numbers_have_their_limits(): void {
        $limits = [
            ['bridgetimeout', 'local_mzi', ['5', '30', '120'], ['4', '121', '', 'x']],
            ['pagetimeout', 'local_mzi', ['1', '10'], ['0', '11', '1.5']],
            ['outboxtries', 'local_mzi_outbox', ['1', '999'], ['0', '1000']],
            ['outboxdays', 'local_mzi_outbox', ['0', '99'], ['-1', '100']],
        ];
        foreach ($limits as [$name, $page, $good, $bad]) {
            foreach ($good as $value) {
                $this->assertSame('', self::setting($name, $page)->write_setting($value), "$name $value");
            }
            foreach ($bad as $value) {
                $this->assertNotSame('', self::setting($name, $page)->write_setting($value), "$name $value");
            }
        }
    }

    public function test_an_event_is_given_up_as_the_settings_say(): void {
        $this->assertFalse(outbox_backoff::is_over(0, 11, 3 * DAYSECS));
        $this->assertTrue(outbox_backoff::is_over(0, 12, 3 * DAYSECS));
        set_config('outboxtries', 2, 'local_mzi');
        set_config('outboxdays', 0, 'local_mzi');
        $this->assertFalse(outbox_backoff::is_over(0, 1, 0));
        $this->assertTrue(outbox_backoff::is_over(0, 2, 0));
    }

    public function test_while_the_bridge_is_off_nothing_is_noted_but_requests_and_nothing_is_sent(): void {
        global $DB;
        set_config('bridgeon', 0, 'local_mzi');
        $DB->delete_records('local_mzi_outbox');
        $this->getDataGenerator()->create_user();

        $this->assertSame(0, $DB->count_records('local_mzi_outbox'));
        $this->assertTrue(event_type::REQUEST_SUBMITTED->is_on());
        try {
            \core\di::get(outbox_delivery::class)->deliver(PHP_INT_MAX);
            $this->fail('Something was sent.');
        } catch (\moodle_exception $exception) {
            $this->assertSame('outbox_switchedoff', $exception->errorcode);
        }
        set_config('bridgeon', 1, 'local_mzi');
        $this->getDataGenerator()->create_user();
        $this->assertSame(1, $DB->count_records('local_mzi_outbox'));
    }

    public function test_a_reset_lists_what_differs_and_sets_back_what_is_chosen(): void {
        foreach (setting_reset::PAGES as $page) {
            admin_apply_default_settings(admin_get_root(true)->locate($page), true);
        }
        $reset = new setting_reset();
        $this->assertSame([], $reset->changed());
        self::setting('tenantid')->write_setting('school');
        self::setting('apikey')->write_setting(self::API_KEY);
        self::setting('requestfiletypes', 'local_mzi_pages')->write_setting(['pdf' => 1]);
        $sink = $this->redirectEvents();

        $changed = $reset->changed();
        $this->assertSame(['apikey', 'requestfiletypes', 'tenantid'], array_values(array_intersect(
            ['apikey', 'requestfiletypes', 'tenantid'],
            array_keys($changed)
        )));
        $this->assertCount(3, $changed);
        $this->assertSame(['school', 'default'], [$changed['tenantid']->value, $changed['tenantid']->default]);
        $this->assertNull($changed['apikey']->value);
        $this->assertSame(2, $reset->reset(['tenantid', 'requestfiletypes', 'version', 'bridgeurl']));
        $this->assertSame(['apikey'], array_keys($reset->changed()));
        $this->assertSame('default', get_config('local_mzi', 'tenantid'));
        $this->assertSame(self::API_KEY, secret::API_KEY->read());
        $events = array_values(array_filter($sink->get_events(), fn($event) => $event instanceof settings_reset));
        $this->assertCount(1, $events);
        $this->assertSame('requestfiletypes,tenantid', implode(',', array_values(array_intersect(
            ['requestfiletypes', 'tenantid'],
            explode(',', $events[0]->other['settings'])
        ))));
        $this->assertSame(1, $reset->reset(['apikey']));
        $this->assertFalse(secret::API_KEY->is_set());
    }

    public function test_who_manages_the_plugin_changes_its_settings_but_not_roles_and_users(): void {
        global $DB;
        $manager = $this->getDataGenerator()->create_user();
        role_assign($DB->get_field('role', 'id', ['shortname' => 'manager']), $manager->id, \core\context\system::instance());
        $this->setUser($manager);
        $root = admin_get_root(true);
        foreach (['local_mzi', 'local_mzi_outbox', 'local_mzi_pages'] as $page) {
            $this->assertTrue($root->locate($page)->check_access(), $page);
        }
        $this->assertNull($root->locate('local_mzi_enrolment'));
        foreach (array_keys(page\admin_page::PAGES) as $page) {
            $this->assertTrue($root->locate($page)->check_access(), $page);
        }
        $this->setUser($this->getDataGenerator()->create_user());
        foreach (['local_mzi', ...array_keys(page\admin_page::PAGES)] as $page) {
            $this->assertFalse(admin_get_root(true)->locate($page)?->check_access() ?? false, $page);
        }
    }
}
