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

use local_mzi\fixtures\busy_lock_factory;
use local_mzi\fixtures\scripted_bridge;
use local_mzi\local\delivery_count;
use local_mzi\local\event_type;
use local_mzi\local\posted;
use local_mzi\local\secret;
use local_mzi\repository\outbox_queue_repository;
use local_mzi\repository\outbox_repository;
use local_mzi\task\deliver_events;
use local_mzi\task\prune_outbox;
use local_mzi\task\queue_deliveries;

/**
 * Events reach the bridge once, in order, and wait without harm while it is away.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\outbox_delivery
 * @covers     \local_mzi\service\event_composition
 * @covers     \local_mzi\service\outbox_settlement
 * @covers     \local_mzi\service\event_messages
 * @covers     \local_mzi\service\outbox_backoff
 * @covers     \local_mzi\local\delivery_verdict
 * @covers     \local_mzi\repository\outbox_queue_repository
 * @covers     \local_mzi\task\queue_deliveries
 * @covers     \local_mzi\task\deliver_events
 * @covers     \local_mzi\task\prune_outbox
 */
final class outbox_delivery_test extends \advanced_testcase {
    /** Now. */
    private const NOW = 1795000000;

    /** A key. */
    private const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    /** @var \frozen_clock time */
    private \frozen_clock $clock;

    /** @var scripted_bridge what is at the other end */
    private scripted_bridge $bridge;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        require_once(__DIR__ . '/../fixtures/scripted_bridge.php');
        require_once(__DIR__ . '/../fixtures/busy_lock_factory.php');
    }

    #[\Override]
    protected function setUp(): void {
        global $DB;
        parent::setUp();
        $this->resetAfterTest();
        $this->clock = $this->mock_clock_with_frozen(self::NOW);
        $this->bridge = new scripted_bridge();
        \core\di::set(bridge_post::class, $this->bridge);
        set_config('bridgeurl', 'https://bridge.example.org', 'local_mzi');
        secret::EVENT_KEY->write(self::KEY);
        set_config('event_user_created', 0, 'local_mzi');
        $DB->delete_records('local_mzi_outbox');
    }

    /**
     * Queues an event that comes composed.
     *
     * @param string $key
     * @param array $data
     * @param event_type $type
     * @return string its id
     */
    private function queue(string $key, array $data = [], event_type $type = event_type::STUDENT_LINKED): string {
        return \core\di::get(outbox_repository::class)->add($type->value, $data + ['key' => $key], null, $key);
    }

    /**
     * Delivers what is due.
     *
     * @return delivery_count
     */
    private function deliver(): delivery_count {
        return \core\di::get(outbox_delivery::class)->deliver($this->clock->time() + 300);
    }

    /**
     * The row of an event.
     *
     * @param string $eventid
     * @return \stdClass
     */
    private function row(string $eventid): \stdClass {
        global $DB;
        return $DB->get_record('local_mzi_outbox', ['event_id' => $eventid], '*', MUST_EXIST);
    }

    public function test_an_envelope_says_what_happened_when_and_where_and_is_signed(): void {
        global $CFG;
        set_config('tenantid', 'school', 'local_mzi');
        $id = $this->queue('student:1', ['name' => 'أمل/😀', 'grade' => '65.00000', 'empty' => (object) []]);

        $this->assertSame(1, $this->deliver()->delivered);

        $got = $this->bridge->got[0];
        $this->assertSame('https://bridge.example.org/api/v1/events/moodle/batch', $got['url']);
        $this->assertSame([
            'event_id' => $id,
            'event_type' => 'student_linked',
            'timestamp' => gmdate('Y-m-d\TH:i:s\Z', self::NOW),
            'source' => 'moodle',
            'moodle_url' => $CFG->wwwroot,
            'tenant_id' => 'school',
            'data' => ['name' => 'أمل/😀', 'grade' => '65.00000', 'empty' => [], 'key' => 'student:1'],
        ], $got['body']['events'][0]);
        $this->assertStringContainsString('"empty":{}', $got['raw']);
        $this->assertSame($id, $got['headers']['webhook-id']);
        $this->assertSame((string) self::NOW, $got['headers']['webhook-timestamp']);
        $signed = "$id." . self::NOW . ".{$got['raw']}";
        $key = base64_decode(substr(self::KEY, 6));
        $this->assertSame('v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true)), $got['headers']['webhook-signature']);
    }

    public function test_what_the_bridge_took_keeps_nothing_of_what_it_held(): void {
        $id = $this->queue('student:1');

        $this->deliver();

        $row = $this->row($id);
        $this->assertSame(['delivered', null, null], [$row->status, $row->payload, $row->last_error]);
        $this->assertEquals([self::NOW, 200, 1], [$row->delivered_at, $row->http_status, $row->attempts]);
        $this->assertSame(0, $this->deliver()->posts);
    }

    public function test_a_batch_has_at_most_a_hundred_events_in_order_and_requests_go_their_own_way(): void {
        global $DB;
        $ids = array_map(fn(int $number) => $this->queue("student:$number"), range(1, 120));
        $request = $this->queue('request:7', [], event_type::REQUEST_SUBMITTED);
        $last = $this->queue('student:121');

        $this->assertSame([122, 4], [$this->deliver()->delivered, count($this->bridge->got)]);

        $this->assertSame([array_slice($ids, 0, 100), array_slice($ids, 100), [$request], [$last]], $this->bridge->ids());
        $this->assertSame('https://bridge.example.org/api/v1/requests/submit', $this->bridge->got[2]['url']);
        $this->assertMatchesRegularExpression('/^[0-9a-f-]{36}$/', $this->bridge->got[0]['headers']['webhook-id']);
        $this->assertNotContains($this->bridge->got[0]['headers']['webhook-id'], $ids);
        $this->assertSame(0, $DB->count_records('local_mzi_outbox', ['status' => 'queued']));
    }

    public function test_a_message_is_no_larger_than_it_should_be(): void {
        $large = str_repeat('x', 200 * 1024);
        foreach (range(1, 5) as $number) {
            $this->queue("student:$number", ['text' => $large]);
        }
        $this->queue('student:6', ['text' => str_repeat('x', 600 * 1024)]);

        $this->assertSame(6, $this->deliver()->delivered);
        $this->assertSame([2, 2, 1, 1], array_map('count', $this->bridge->ids()));
    }

    public function test_while_the_bridge_is_away_one_message_tries_and_the_others_wait(): void {
        foreach (range(1, 250) as $number) {
            $this->queue("student:$number");
        }
        $away = new posted(0, error: 'curl_7');
        for ($minute = 0; $minute < 60; $minute++) {
            $this->bridge->then($away);
            $this->deliver();
            $this->clock->set_to(self::NOW + 60 * ($minute + 1));
        }

        $this->assertLessThan(12, count($this->bridge->got));
        $this->assertSame([100], array_values(array_unique(array_map('count', $this->bridge->ids()))));
        $this->assertCount(1, array_unique(array_map(fn(array $ids) => implode(',', $ids), $this->bridge->ids())));
    }

    public function test_a_thousand_events_of_an_hour_without_bridge_arrive_once_in_order(): void {
        global $DB;
        $away = true;
        $taken = [];
        $answer = function (array $events) use (&$away, &$taken): posted {
            if ($away) {
                return new posted(503);
            }
            $taken = [...$taken, ...array_column($events, 'event_id')];
            return scripted_bridge::took($events);
        };
        $ids = [];
        for ($minute = 0; $minute < 50; $minute++) {
            foreach (range(1, 20) as $number) {
                $ids[] = $this->queue("student:$number", ['minute' => $minute]);
            }
            $this->bridge->then($answer);
            $this->deliver();
            $this->clock->set_to(self::NOW + 60 * ($minute + 1));
        }
        $away = false;
        $this->clock->set_to(self::NOW + 4 * HOURSECS);
        $probes = count($this->bridge->got);
        array_map(fn() => $this->bridge->then($answer), range(1, 20));
        $this->assertSame(1000, $this->deliver()->delivered);

        $this->assertSame($ids, $taken);
        $this->assertSame(10, count($this->bridge->got) - $probes);
        $this->assertSame(1000, $DB->count_records('local_mzi_outbox', ['status' => 'delivered']));
    }

    public function test_what_was_sent_without_an_answer_is_sent_again_in_the_same_bytes(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user(['city' => 'Amman']);
        \core\event\user_updated::create_from_userid($user->id)->trigger();
        $this->bridge->then(new posted(0, error: 'curl_28'));
        $this->deliver();
        $DB->set_field('user', 'city', 'Irbid', ['id' => $user->id]);
        $this->clock->set_to(self::NOW + HOURSECS);

        $this->assertSame(1, $this->deliver()->delivered);
        $this->assertSame($this->bridge->got[0]['raw'], $this->bridge->got[1]['raw']);
    }

    public function test_what_waited_is_kept_too_once_it_could_be_put_together(): void {
        global $DB;
        $course = $this->getDataGenerator()->create_course();
        $user = $this->getDataGenerator()->create_user();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $generator->upsert('classes', '77', ['moodle_course_id' => (int) $course->id]);
        $item = new \grade_item($this->getDataGenerator()->create_grade_item(['courseid' => $course->id]), false);
        $item->update_final_grade($user->id, 14, 'gradebook');
        $DB->delete_records_select('local_mzi_outbox', 'event_type <> ?', ['user_graded']);

        $this->assertSame([1, 0], [$this->deliver()->waiting, count($this->bridge->got)]);
        $this->assertSame('no_student', $DB->get_field('local_mzi_outbox', 'last_error', []));
        $this->assertSame(0, $this->deliver()->waiting);
        $generator->student([], (int) $user->id);
        $this->clock->set_to(self::NOW + 100);
        $this->bridge->then(new posted(0, error: 'curl_28'));
        $this->deliver();
        $DB->set_field('grade_grades', 'finalgrade', 20, ['userid' => $user->id]);
        $this->clock->set_to(self::NOW + HOURSECS);

        $this->assertSame(1, $this->deliver()->delivered);
        $this->assertSame('14.00000', $this->bridge->got[0]['body']['events'][0]['data']['finalgrade']);
        $this->assertSame($this->bridge->got[0]['raw'], $this->bridge->got[1]['raw']);
    }

    public function test_an_event_of_a_kind_that_nobody_knows_holds_up_nothing(): void {
        global $DB;
        $strange = $this->queue('moon:1');
        $DB->set_field('local_mzi_outbox', 'event_type', 'moon_landing', ['event_id' => $strange]);
        $this->queue('student:1');

        $this->assertSame([1, 1], [$this->deliver()->delivered, $this->row($strange)->status === 'skipped' ? 1 : 0]);
    }

    public function test_of_one_record_nothing_overtakes_an_older_event(): void {
        global $DB;
        $first = $this->queue('student:1');
        $second = $this->queue('student:1');
        $other = $this->queue('student:2');
        $DB->set_field('local_mzi_outbox', 'next_attempt', self::NOW + 100, ['event_id' => $first]);

        $this->deliver();
        $this->assertSame([[$other]], $this->bridge->ids());
        $this->clock->set_to(self::NOW + 100);
        $this->deliver();
        $this->assertSame([$first, $second], $this->bridge->ids()[1]);
    }

    public function test_an_event_that_the_bridge_will_never_take_fails_and_holds_up_nothing(): void {
        $good = $this->queue('student:1');
        $bad = $this->queue('student:2');
        $this->bridge->then(fn(array $events) => scripted_bridge::took($events, [$bad => 'bad_envelope']));

        $count = $this->deliver();

        $this->assertSame([1, 1, null], [$count->delivered, $count->failed, $count->fault]);
        $this->assertSame(['delivered', 'failed', 'bad_envelope'], [
            $this->row($good)->status,
            $this->row($bad)->status,
            $this->row($bad)->last_error,
        ]);
    }

    public function test_a_message_that_is_refused_whole_is_sent_in_halves_until_the_fault_is_found(): void {
        $ids = array_map(fn(int $number) => $this->queue("student:$number"), range(1, 8));
        $answer = fn(array $events) => in_array($ids[5], array_column($events, 'event_id'), true)
            ? scripted_bridge::refused(400, 'bad_envelope')
            : scripted_bridge::took($events);
        array_map(fn() => $this->bridge->then($answer), range(1, 20));

        $count = $this->deliver();

        $this->assertSame([7, 1], [$count->delivered, $count->failed]);
        $this->assertSame('failed', $this->row($ids[5])->status);
        $this->assertSame([8, 4, 4, 2, 1, 1, 2], array_map('count', $this->bridge->ids()));
    }

    /**
     * A refusal of the bridge. Data is provided before the fixtures are there.
     *
     * @param int $status
     * @param string $word
     * @return posted
     */
    private static function refusal(int $status, string $word): posted {
        return new posted($status, json_encode(['success' => false, 'message' => $word, 'error' => $word]));
    }

    /**
     * Answers that say nothing of the events.
     *
     * @return array
     */
    public static function faults(): array {
        return [
            'no answer' => [new posted(0, error: 'curl_28'), 'curl_28'],
            'blocked by this site' => [new posted(0, error: 'blocked'), 'blocked'],
            'a redirect' => [new posted(302, 'moved'), 'http 302'],
            'not proven' => [self::refusal(401, 'unauthorized'), 'unauthorized 401'],
            'unknown tenant' => [self::refusal(403, 'unknown_tenant'), 'unknown_tenant 403'],
            'a clock that is wrong' => [self::refusal(400, 'timestamp_out_of_window'), 'timestamp_out_of_window 400'],
            'something in between' => [new posted(400, '<html>Ada Lovelace</html>'), 'http 400'],
            'not there' => [new posted(404, ''), 'http 404'],
            'too many' => [new posted(429, ''), 'http 429'],
            'away' => [new posted(503, '{"error":"Ada Lovelace"}'), 'http 503'],
            'no JSON' => [new posted(200, 'Welcome'), 'unreadable_answer 200'],
            'another list' => [new posted(200, '{"results":[{"event_id":"x","success":true}]}'), 'unreadable_answer 200'],
            'no list' => [new posted(200, '{"results":7,"event_id":"x"}'), 'unreadable_answer 200'],
        ];
    }

    /**
     * Such an answer loses nothing: all is sent again.
     *
     * @dataProvider faults
     * @param posted $answer
     * @param string $reason
     */
    public function test_a_fault_of_the_link_loses_nothing(posted $answer, string $reason): void {
        $ids = [$this->queue('student:1'), $this->queue('student:2')];
        $this->bridge->then($answer);

        $count = $this->deliver();

        $this->assertSame([0, 0, 2, 1], [$count->delivered, $count->failed, $count->waiting, $count->posts]);
        $this->assertNotNull($count->fault);
        foreach ($ids as $id) {
            $row = $this->row($id);
            $this->assertSame(['queued', $reason], [$row->status, $row->last_error]);
            $this->assertEquals([1, $answer->status], [$row->attempts, $row->http_status]);
            $this->assertGreaterThan(self::NOW, $row->next_attempt);
        }
        $this->clock->set_to(self::NOW + HOURSECS);
        $this->assertSame(2, $this->deliver()->delivered);
    }

    public function test_the_other_sides_word_on_waiting_is_a_lower_bound(): void {
        $id = $this->queue('student:1');
        $this->bridge->then(new posted(503, '', null, 3600));

        $this->deliver();

        $this->assertEquals(self::NOW + 3600, $this->row($id)->next_attempt);
    }

    public function test_after_three_days_it_is_given_up_with_the_reason(): void {
        $id = $this->queue('student:1');
        array_map(fn() => $this->bridge->then(new posted(503)), range(1, 100));
        while ($this->row($id)->status === 'queued') {
            $this->clock->set_to((int) $this->row($id)->next_attempt);
            $this->deliver();
        }

        $row = $this->row($id);
        $this->assertSame(['failed', 'http 503'], [$row->status, $row->last_error]);
        $this->assertGreaterThanOrEqual(3 * DAYSECS, $this->clock->time() - self::NOW);
        $this->assertLessThan(4 * DAYSECS, $this->clock->time() - self::NOW);
        $this->assertLessThan(40, count($this->bridge->got));
    }

    public function test_the_backoff_doubles_to_six_hours_and_has_some_chance(): void {
        $waits = array_map(fn(int $attempts) => outbox_backoff::next($attempts, 0, null, 0.5), range(1, 12));
        $this->assertSame([60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600, 21600], $waits);
        $this->assertSame([48, 72], [outbox_backoff::next(1, 0, null, 0), outbox_backoff::next(1, 0, null, 1)]);
        $this->assertSame(21600, outbox_backoff::next(99, 0, 999999, 1));
        $this->assertFalse(outbox_backoff::is_over(0, 11, 3 * DAYSECS));
        $this->assertFalse(outbox_backoff::is_over(0, 12, 3 * DAYSECS - 1));
        $this->assertTrue(outbox_backoff::is_over(0, 12, 3 * DAYSECS));
    }

    public function test_a_second_delivery_at_the_same_time_sends_nothing(): void {
        global $CFG;
        $this->queue('student:1');
        $CFG->lock_factory = '\\' . busy_lock_factory::class;

        $this->assertSame(['busy', 0], [$this->deliver()->fault, count($this->bridge->got)]);
    }

    public function test_without_address_or_key_nothing_is_tried_and_nothing_is_lost(): void {
        $id = $this->queue('student:1');
        set_config('bridgeurl', '', 'local_mzi');

        $this->expectOutputString(get_string('outbox_noaddress', 'local_mzi') . "\n");
        (new deliver_events())->execute();

        $this->assertEquals(['queued', 0], [$this->row($id)->status, $this->row($id)->attempts]);
    }

    public function test_a_request_that_the_bridge_took_is_shown_as_sent(): void {
        global $DB;
        $requestid = $DB->insert_record('local_mzi_requests', ['request_number' => 'M-1', 'status' => 'Queued']);
        $this->queue("request:$requestid", ['requestid' => $requestid], event_type::REQUEST_SUBMITTED);

        $this->deliver();

        $this->assertSame('Sent', $DB->get_field('local_mzi_requests', 'status', ['id' => $requestid]));
        $this->assertSame(['Sent'], $DB->get_fieldset('local_mzi_request_history', 'status', ['requestid' => $requestid]));
    }

    public function test_the_task_is_queued_once_when_something_is_due(): void {
        $task = new queue_deliveries();
        $task->execute();
        $this->assertSame([], \core\task\manager::get_adhoc_tasks(deliver_events::class));

        $this->queue('student:1');
        $task->execute();
        $task->execute();
        $this->assertCount(1, \core\task\manager::get_adhoc_tasks(deliver_events::class));
    }

    public function test_only_what_is_settled_and_old_is_deleted(): void {
        global $DB;
        $ids = array_map(fn(int $number) => $this->queue("student:$number"), range(1, 4));
        foreach (['queued', 'failed', 'delivered', 'skipped'] as $index => $status) {
            $DB->set_field('local_mzi_outbox', 'status', $status, ['event_id' => $ids[$index]]);
        }
        set_config('outboxretention', 0, 'local_mzi');
        $this->clock->set_to(self::NOW + 91 * DAYSECS);
        $this->expectOutputRegex('/Retention is 0/');
        (new prune_outbox())->execute();
        $this->assertSame(4, $DB->count_records('local_mzi_outbox'));

        set_config('outboxretention', null, 'local_mzi');
        (new prune_outbox())->execute();
        $this->assertSame([$ids[0]], $DB->get_fieldset('local_mzi_outbox', 'event_id'));
    }

    public function test_a_failed_event_is_put_together_anew_under_a_new_id(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user(['city' => 'Amman']);
        \core\event\user_updated::create_from_userid($user->id)->trigger();
        $kept = $this->queue('request:1', [], event_type::REQUEST_SUBMITTED);
        $old = $DB->get_field('local_mzi_outbox', 'event_id', ['record_key' => "user:{$user->id}"]);
        $refuse = fn(array $events) => scripted_bridge::took($events, [$events[0]['event_id'] => 'event_id_reused']);
        $this->bridge->then($refuse);
        $this->bridge->then($refuse);
        $this->deliver();
        $DB->set_field('user', 'city', 'Irbid', ['id' => $user->id]);

        $queue = \core\di::get(outbox_queue_repository::class);
        $this->assertSame(2, $queue->counts(self::NOW)['failed']);
        $this->assertSame(2, $queue->requeue(null, self::NOW));
        $this->assertSame(2, $this->deliver()->delivered);

        $sent = $this->bridge->got[2]['body']['events'][0];
        $this->assertSame('Irbid', $sent['data']['city']);
        $this->assertNotSame($old, $sent['event_id']);
        $this->assertSame([$kept], $this->bridge->ids()[3]);
        $this->assertSame(0, $queue->requeue(null, self::NOW));
    }
}
