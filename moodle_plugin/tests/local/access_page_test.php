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

use core\context\system;
use local_mzi\event\bridge_access_changed;
use local_mzi\local\page\access_page;
use local_mzi\service\bridge_account;

/**
 * The page that lets the bridge in.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\local\page\access_page
 * @covers     \local_mzi\output\admin\access
 * @covers     \local_mzi\event\bridge_access_changed
 */
final class access_page_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    #[\Override]
    protected function tearDown(): void {
        $_POST = [];
        parent::tearDown();
    }

    /**
     * Opens the page, or sends a form of it.
     *
     * @param array $form empty for a visit
     * @param string|null $sesskey null for the right one
     * @return string what the browser gets
     */
    private static function page(array $form = [], ?string $sesskey = null): string {
        global $CFG, $OUTPUT, $PAGE;
        require_once($CFG->libdir . '/adminlib.php');
        $PAGE = new \moodle_page();
        $OUTPUT = new \bootstrap_renderer();
        admin_get_root(true);
        $_POST = $form ? $form + ['sesskey' => $sesskey ?? sesskey()] : [];
        ob_start();
        try {
            access_page::show();
        } finally {
            $html = ob_get_clean();
        }
        return $html;
    }

    /**
     * Sends a form after which the page is left: Moodle's tests end where a browser would follow.
     *
     * @param array $form
     */
    private function assert_left(array $form): void {
        try {
            self::page($form);
            $this->fail('The page was not left.');
        } catch (\moodle_exception $exception) {
            $this->assertSame('redirecterrordetected', $exception->errorcode);
        }
    }

    /**
     * The tokens of the service, newest first.
     *
     * @return string[]
     */
    private static function tokens(): array {
        global $DB;
        return array_values($DB->get_records_menu('external_tokens', null, 'id DESC', 'id, token'));
    }

    /**
     * The id of the token that the page would replace.
     *
     * @return int|null
     */
    private static function current(): ?int {
        return \core\di::get(bridge_account::class)->token_id();
    }

    public function test_it_says_what_is_missing_and_asks_before_it_changes_anything(): void {
        $html = self::page();
        $this->assertStringContainsString(get_string('webservice_nouser', 'local_mzi'), $html);
        $this->assertStringContainsString(get_string('token_none', 'local_mzi'), $html);
        $this->assertStringNotContainsString(get_string('access_renew', 'local_mzi'), $html);

        $html = self::page(['action' => 'setup', 'username' => 'bridge_of_ours']);
        $this->assertStringContainsString(get_string('access_ask_setup', 'local_mzi', 'bridge_of_ours'), $html);
        $this->assertSame([], self::tokens());
        $this->assertFalse(\core_user::get_user_by_username('bridge_of_ours'));
    }

    public function test_the_account_is_made_and_its_token_is_shown_this_once(): void {
        global $CFG;
        require_once($CFG->dirroot . '/webservice/lib.php');
        $sink = $this->redirectEvents();
        $html = self::page(['action' => 'setup', 'username' => 'bridge_of_ours', 'confirm' => 1]);

        [$token] = self::tokens();
        $this->assertStringContainsString('value="' . $token . '"', $html);
        $this->assertSame('bridge_of_ours', (new \webservice())->authenticate_user($token)['user']->username);
        $this->setAdminUser();
        $this->assertStringNotContainsString(get_string('admin_bad', 'local_mzi'), $html);
        $events = array_filter($sink->get_events(), fn($event) => $event instanceof bridge_access_changed);
        $this->assertCount(1, $events);
        $said = reset($events)->get_description() . json_encode(reset($events)->get_data());
        $this->assertStringContainsString('made a new token', $said);
        $this->assertStringNotContainsString($token, $said);

        $this->assertStringNotContainsString($token, self::page());
        $again = ['action' => 'setup', 'username' => 'another', 'confirm' => 1];
        $this->assert_left($again);
        $this->assertSame([$token], self::tokens());
        $this->assertFalse(\core_user::get_user_by_username('another'));
    }

    public function test_a_token_is_replaced_after_a_warning_and_only_once_for_one_form(): void {
        self::page(['action' => 'setup', 'username' => bridge_account::USERNAME, 'confirm' => 1]);
        [$old] = self::tokens();
        $current = self::current();
        $html = self::page(['action' => 'renew']);
        $this->assertStringContainsString(get_string('access_ask_renew', 'local_mzi'), $html);
        $this->assertStringContainsString('name="current" value="' . $current . '"', $html);
        $this->assertSame([$old], self::tokens());

        $form = ['action' => 'renew', 'confirm' => 1, 'current' => $current];
        $html = self::page($form);
        [$new] = self::tokens();
        $this->assertCount(1, self::tokens());
        $this->assertNotSame($old, $new);
        $this->assertStringContainsString($new, $html);
        $this->assertStringNotContainsString($old, $html);

        $this->assert_left($form);
        $this->assertSame([$new], self::tokens());
    }

    public function test_what_cannot_be_done_leaves_no_token(): void {
        $this->getDataGenerator()->create_user(['username' => 'ada']);
        $form = ['action' => 'setup', 'username' => 'ada', 'confirm' => 1];
        $this->assert_left($form);
        $this->assert_left(['username' => 'Not A Name'] + $form);
        $this->assert_left(['action' => 'renew', 'current' => 0] + $form);
        $this->assertSame([], self::tokens());
    }

    /**
     * Whoever does not configure the site.
     *
     * @return array
     */
    public static function intruders(): array {
        return ['a student' => ['student'], 'a teacher' => ['editingteacher'], 'a manager' => ['manager']];
    }

    /**
     * Neither a visit nor a form goes, though a manager may open all other pages.
     *
     * @dataProvider intruders
     * @param string $role
     */
    public function test_it_opens_for_nobody_who_may_not_configure_the_site(string $role): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        role_assign($DB->get_field('role', 'id', ['shortname' => $role]), $user->id, system::instance());
        unassign_capability('moodle/site:config', $DB->get_field('role', 'id', ['shortname' => $role]));
        $this->setUser($user);
        foreach ([[], ['action' => 'setup', 'username' => bridge_account::USERNAME, 'confirm' => 1]] as $form) {
            try {
                $html = self::page($form);
                $this->fail("It opened: $html");
            } catch (\moodle_exception $exception) {
                $this->assertContains($exception->errorcode, ['accessdenied', 'nopermissions'], $exception->getMessage());
            }
        }
        $this->assertSame([], self::tokens());
    }

    public function test_no_form_goes_without_the_session_key(): void {
        foreach (['', 'wrong'] as $sesskey) {
            try {
                self::page(['action' => 'setup', 'username' => bridge_account::USERNAME, 'confirm' => 1], $sesskey);
                $this->fail('It went.');
            } catch (\moodle_exception $exception) {
                $this->assertSame('invalidsesskey', $exception->errorcode);
            }
        }
        $this->assertSame([], self::tokens());
    }
}
