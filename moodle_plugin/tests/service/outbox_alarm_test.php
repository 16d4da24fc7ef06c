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

use core\check\result;
use local_mzi\check\observer_check;
use local_mzi\check\outbox_check;
use local_mzi\local\composed;
use local_mzi\local\event_type;
use local_mzi\local\secret;
use local_mzi\repository\outbox_repository;
use local_mzi\task\watch_outbox;

/**
 * Trouble on the way to the bridge is told, once, to those who can mend it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\outbox_alarm
 * @covers     \local_mzi\service\outbox_health
 * @covers     \local_mzi\check\outbox_check
 * @covers     \local_mzi\check\observer_check
 * @covers     \local_mzi\task\watch_outbox
 */
final class outbox_alarm_test extends \advanced_testcase {
    /** Now. */
    private const NOW = 1795000000;

    /** @var \frozen_clock time */
    private \frozen_clock $clock;

    /** @var \stdClass who manages the plugin */
    private \stdClass $manager;

    #[\Override]
    protected function setUp(): void {
        global $DB;
        parent::setUp();
        $this->resetAfterTest();
        $this->clock = $this->mock_clock_with_frozen(self::NOW);
        set_config('event_user_created', 0, 'local_mzi');
        set_config('bridgeurl', 'https://bridge.example.org', 'local_mzi');
        secret::EVENT_KEY->write('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
        $this->manager = $this->getDataGenerator()->create_user();
        role_assign($DB->get_field('role', 'id', ['shortname' => 'manager']), $this->manager->id, \core\context\system::instance());
        $DB->delete_records('local_mzi_outbox');
    }

    /**
     * Queues an event.
     *
     * @param array $values columns other than the usual ones
     */
    private function queue(array $values = []): void {
        global $DB;
        $id = \core\di::get(outbox_repository::class)->add(event_type::STUDENT_LINKED->value, [], null, 'student:1');
        foreach ($values as $column => $value) {
            $DB->set_field('local_mzi_outbox', $column, $value, ['event_id' => $id]);
        }
    }

    /**
     * What the page of checks says.
     *
     * @return string
     */
    private function status(): string {
        return (new outbox_check())->get_result()->get_status();
    }

    public function test_both_checks_are_on_the_page(): void {
        $ids = array_map(fn($check) => $check->get_ref(), \core\check\manager::get_checks('status'));

        $this->assertContains('local_mzi_outbox_check', $ids);
        $this->assertContains('local_mzi_observer_check', $ids);
        $this->assertSame(result::OK, $this->status());
    }

    public function test_an_event_that_waits_too_long_is_trouble(): void {
        $this->queue();
        $this->clock->set_to(self::NOW + 30 * MINSECS - 1);
        $this->assertSame(result::OK, $this->status());
        $this->clock->set_to(self::NOW + 30 * MINSECS);
        $this->assertSame(result::ERROR, $this->status());
        set_config('outboxlagminutes', 31, 'local_mzi');
        $this->assertSame(result::OK, $this->status());
    }

    public function test_an_event_that_waits_for_something_to_come_is_no_trouble(): void {
        $this->queue(['attempts' => 3, 'next_attempt' => self::NOW + 5 * HOURSECS, 'last_error' => 'no_student']);
        $this->queue();
        $this->clock->set_to(self::NOW + 4 * HOURSECS);
        $this->assertSame(result::OK, $this->status());
    }

    public function test_an_event_that_cannot_be_put_together_is_trouble(): void {
        $tried = ['attempts' => 3, 'first_attempt' => self::NOW, 'last_error' => composed::FAULT];
        $this->queue($tried + ['next_attempt' => self::NOW + 5 * HOURSECS]);
        $this->clock->set_to(self::NOW + HOURSECS);
        $this->assertSame(result::ERROR, $this->status());
    }

    public function test_a_link_that_is_down_too_long_is_trouble_between_its_tries_too(): void {
        $tried = ['attempts' => 3, 'first_attempt' => self::NOW, 'http_status' => 0];
        $this->queue($tried + ['next_attempt' => self::NOW + 5 * HOURSECS]);
        $this->clock->set_to(self::NOW + HOURSECS);
        $this->assertSame(result::ERROR, $this->status());
    }

    public function test_many_failures_are_trouble(): void {
        set_config('outboxfailures', 2, 'local_mzi');
        $this->queue(['status' => 'failed']);
        $this->assertSame(result::OK, $this->status());
        $this->queue(['status' => 'failed']);
        $this->assertSame(result::ERROR, $this->status());
    }

    public function test_without_address_or_key_the_first_event_is_trouble(): void {
        secret::EVENT_KEY->write('');
        $this->assertSame(result::OK, $this->status());
        $this->queue();
        $this->assertStringContainsString(
            get_string('outbox_nokey', 'local_mzi'),
            (new outbox_check())->get_result()->get_summary()
        );
        set_config('bridgeurl', '', 'local_mzi');
        $this->assertStringContainsString(
            get_string('outbox_noaddress', 'local_mzi'),
            (new outbox_check())->get_result()->get_summary()
        );
    }

    public function test_a_block_by_the_sites_own_rules_is_named(): void {
        $this->queue(['last_error' => 'blocked']);
        $this->clock->set_to(self::NOW + HOURSECS);

        $this->assertStringContainsString(
            get_string('outbox_trouble_blocked', 'local_mzi'),
            (new outbox_check())->get_result()->get_details()
        );
    }

    public function test_managers_get_one_message_until_it_is_well_again(): void {
        global $DB;
        $this->preventResetByRollback();
        $sink = $this->redirectMessages();
        $watch = new watch_outbox();
        $watch->execute();
        $this->assertSame([], $sink->get_messages());

        $this->queue();
        $this->clock->set_to(self::NOW + HOURSECS);
        $watch->execute();
        $watch->execute();

        $messages = $sink->get_messages();
        $this->assertEqualsCanonicalizing(
            [(int) $this->manager->id, (int) get_admin()->id],
            array_map(fn($message) => (int) $message->useridto, $messages)
        );
        $this->assertSame('local_mzi', $messages[0]->component);
        $this->assertStringContainsString('60 minutes', $messages[0]->fullmessage);

        $DB->delete_records('local_mzi_outbox');
        $watch->execute();
        $this->queue(['next_attempt' => self::NOW]);
        $watch->execute();
        $this->assertCount(4, $sink->get_messages());
    }

    public function test_events_that_could_not_be_noted_are_told_without_values(): void {
        $this->assertSame(result::OK, (new observer_check())->get_result()->get_status());
        $log = ini_set('error_log', make_request_directory() . '/log');
        observer_faults::note(new \Error('Ada Lovelace'));
        observer_faults::note(new \Error('Ada Lovelace'));
        ini_set('error_log', $log);

        $told = (new observer_check())->get_result();
        $this->assertSame(result::ERROR, $told->get_status());
        $this->assertStringContainsString('2', $told->get_summary());
        $this->assertStringContainsString('(Error)', $told->get_details());
        $this->assertStringNotContainsString('Lovelace', $told->get_summary() . $told->get_details());
    }
}
