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
use core_reportbuilder\system_report_factory;
use local_mzi\event\outbox_cleared;
use local_mzi\event\outbox_retried;
use local_mzi\local\event_type;
use local_mzi\local\masked_payload;
use local_mzi\local\outbox_reason;
use local_mzi\reportbuilder\local\systemreports\events;
use local_mzi\repository\outbox_report_repository;
use local_mzi\repository\outbox_repository;
use local_mzi\task\deliver_events;

/**
 * What those who manage the plugin see of the outbox, and do with it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\outbox_report
 * @covers     \local_mzi\service\outbox_retry
 * @covers     \local_mzi\service\outbox_clearing
 * @covers     \local_mzi\repository\outbox_report_repository
 * @covers     \local_mzi\local\masked_payload
 * @covers     \local_mzi\local\outbox_reason
 * @covers     \local_mzi\local\outbox_summary
 * @covers     \local_mzi\output\event_text
 * @covers     \local_mzi\reportbuilder\local\systemreports\events
 * @covers     \local_mzi\reportbuilder\local\entities\outbox_event
 * @covers     \local_mzi\event\outbox_cleared
 * @covers     \local_mzi\event\outbox_retried
 */
final class outbox_report_test extends \advanced_testcase {
    /** Now. */
    private const NOW = 1795000000;

    #[\Override]
    protected function setUp(): void {
        global $DB;
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->mock_clock_with_frozen(self::NOW);
        set_config('event_user_created', 0, 'local_mzi');
        $DB->delete_records('local_mzi_outbox');
    }

    /**
     * Adds an event.
     *
     * @param string $status
     * @param array $values other columns
     * @return int its row
     */
    private function event(string $status, array $values = []): int {
        global $DB;
        $uuid = \core\di::get(outbox_repository::class)->add(
            event_type::STUDENT_LINKED->value,
            ['zoho_student_id' => '480000000000000001', 'email' => 'ada@example.org'],
            $values['moodle_user_id'] ?? null,
            'student:1'
        );
        $row = $DB->get_record('local_mzi_outbox', ['event_id' => $uuid]);
        $settled = $status === 'delivered' || $status === 'skipped';
        $DB->update_record('local_mzi_outbox', (object) ($values + [
            'status' => $status,
            'payload' => $settled ? null : $row->payload,
            'delivered_at' => $settled ? self::NOW : null,
        ] + (array) $row));
        return (int) $row->id;
    }

    public function test_the_numbers_are_those_of_the_outbox(): void {
        $this->event('delivered', ['delivered_at' => self::NOW - DAYSECS]);
        $this->event('delivered', ['delivered_at' => self::NOW - DAYSECS - 1]);
        $this->event('delivered', ['delivered_at' => self::NOW - WEEKSECS - 1]);
        $this->event('skipped');
        $this->event('queued', ['timecreated' => self::NOW - 500, 'last_error' => 'curl_7', 'timemodified' => self::NOW - 9]);
        $this->event('failed', ['last_error' => 'bad_envelope', 'timemodified' => self::NOW - 5]);
        $this->event('failed', ['last_error' => 'curl_7', 'timemodified' => self::NOW - 20]);

        $summary = \core\di::get(outbox_report::class)->summary();

        $this->assertSame(
            [1, 2, 1, 2, self::NOW - 500],
            [$summary->day, $summary->week, $summary->queued, $summary->failed, $summary->oldest]
        );
        $this->assertEquals(
            [['bad_envelope', 1, self::NOW - 5], ['curl_7', 2, self::NOW - 9]],
            array_map(fn(\stdClass $one) => [$one->last_error, $one->number, $one->latest], $summary->reasons)
        );
    }

    public function test_an_empty_outbox_has_nothing_to_tell(): void {
        $summary = \core\di::get(outbox_report::class)->summary();

        $this->assertSame([0, 0, 0, 0, null, []], array_values((array) $summary));
    }

    public function test_one_event_is_sent_again_or_all_that_failed(): void {
        global $DB;
        $ids = [$this->event('failed'), $this->event('failed'), $this->event('queued'), $this->event('delivered')];
        $sink = $this->redirectEvents();
        $retry = \core\di::get(outbox_retry::class);

        $this->assertSame(1, $retry->retry($ids[0]));
        $this->assertSame(0, $retry->retry($ids[3]));
        $this->assertSame(['queued', 'failed'], array_map(
            fn(int $id) => $DB->get_field('local_mzi_outbox', 'status', ['id' => $id]),
            [$ids[0], $ids[1]]
        ));
        $this->assertSame(1, $retry->retry(null));
        $this->assertSame(0, $retry->retry(null));
        $this->assertCount(2, array_filter($sink->get_events(), fn($event) => $event instanceof outbox_retried));
        $this->assertCount(1, \core\task\manager::get_adhoc_tasks(deliver_events::class));
    }

    public function test_only_what_is_settled_and_old_is_cleared(): void {
        global $DB;
        $old = ['timecreated' => self::NOW - 10 * DAYSECS - 1];
        $gone = [$this->event('delivered', $old), $this->event('skipped', $old)];
        $kept = [
            $this->event('failed', $old), $this->event('queued', $old),
            $this->event('delivered', ['timecreated' => self::NOW - 10 * DAYSECS]),
        ];
        $sink = $this->redirectEvents();
        $clearing = \core\di::get(outbox_clearing::class);

        $this->assertSame(2, $clearing->count(10));
        $this->assertSame(2, $clearing->clear(10));
        $this->assertSame(0, $clearing->clear(10));
        $this->assertSame([], $DB->get_records_list('local_mzi_outbox', 'id', $gone));
        $this->assertCount(3, $DB->get_records_list('local_mzi_outbox', 'id', $kept));
        $cleared = array_values(array_filter($sink->get_events(), fn($event) => $event instanceof outbox_cleared));
        $this->assertSame([['days' => 10, 'count' => 2]], array_map(fn($event) => $event->other, $cleared));
        $this->assertSame(90, outbox_clearing::proposed());
    }

    public function test_of_a_payload_ids_are_shown_and_all_else_is_masked(): void {
        $shown = masked_payload::of(json_encode([
            'userid' => 7, 'firstname' => 'Ada', 'finalgrade' => '55.0', 'feedback' => null,
            'crm' => ['student_ids' => ['48'], 'unit_name' => 'Unit'],
            'details' => [['New_Value' => 'Amman', 'zoho_class_id' => '9']],
            'Ada Lovelace' => 1,
        ]));

        $this->assertSame([
            'userid' => '7', 'firstname' => masked_payload::MASK, 'finalgrade' => masked_payload::MASK, 'feedback' => '–',
            'crm.student_ids.0' => '48', 'crm.unit_name' => masked_payload::MASK,
            'details.0.New_Value' => masked_payload::MASK, 'details.0.zoho_class_id' => '9',
            masked_payload::MASK => masked_payload::MASK,
        ], $shown);
        $this->assertSame([], masked_payload::of(null));
        $this->assertSame([], masked_payload::of('"Ada"'));
    }

    public function test_a_reason_is_told_in_words_with_the_word_itself(): void {
        $this->assertSame('The bridge cannot be reached (curl_7)', outbox_reason::text('curl_7'));
        $this->assertStringEndsWith('(unauthorized 401)', outbox_reason::text('unauthorized 401'));
        $this->assertSame('something_new', outbox_reason::text('something_new'));
        $this->assertSame('', outbox_reason::text(null));
    }

    /**
     * The report as the current user gets it.
     *
     * @return string
     */
    private static function report(): string {
        global $PAGE;
        $PAGE = new \moodle_page();
        $PAGE->set_url('/local/mzi/manage/events.php');
        return system_report_factory::create(events::class, system::instance())->output();
    }

    public function test_the_log_shows_events_and_names_users_only_to_those_who_may_see_students(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user(['firstname' => 'Ada', 'lastname' => 'Lovelace']);
        $this->event('failed', ['moodle_user_id' => $user->id, 'last_error' => 'bad_envelope', 'attempts' => 4]);
        $html = self::report();
        $this->assertStringContainsString('Ada Lovelace', $html);
        $this->assertStringContainsString('Student linked to a user', $html);
        $this->assertStringContainsString('The bridge finds something wrong in it', $html);
        $this->assertStringNotContainsString('ada@example.org', $html);

        $manager = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/mzi:manage', CAP_ALLOW, $role, system::instance());
        role_assign($role, $manager->id, system::instance());
        $this->setUser($manager);
        $html = self::report();
        $this->assertStringNotContainsString('Ada Lovelace', $html);
        $this->assertStringContainsString('Student linked to a user', $html);

        $this->setUser($user);
        $this->expectException(\moodle_exception::class);
        self::report();
    }

    public function test_an_event_that_is_gone_is_none(): void {
        $this->assertNull(\core\di::get(outbox_report_repository::class)->find(0));
    }
}
