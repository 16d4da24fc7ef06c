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

use local_mzi\event\request_submitted;
use local_mzi\local\audience;
use local_mzi\local\refusal;
use local_mzi\local\request_draft;
use local_mzi\local\request_fault;
use local_mzi\local\request_refused;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\student;
use local_mzi\repository\outbox_repository;
use local_mzi\service\dashboard\classes_section;
use local_mzi\service\dashboard\requests_section;

/**
 * What a student submits is stored once and whole, or not at all.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\request_submission
 * @covers     \local_mzi\service\request_check
 * @covers     \local_mzi\service\request_choices
 * @covers     \local_mzi\service\request_details
 * @covers     \local_mzi\service\class_end
 * @covers     \local_mzi\service\document_check
 * @covers     \local_mzi\repository\request_repository
 * @covers     \local_mzi\repository\request_choice_repository
 * @covers     \local_mzi\repository\request_file_repository
 * @covers     \local_mzi\repository\outbox_repository
 * @covers     \local_mzi\service\dashboard\requests_section
 */
final class request_submission_test extends \advanced_testcase {
    /** A key as a form has it. */
    private const KEY = 'abcdefghijklmnop';

    /** Now. */
    private const NOW = 1795000000;

    /** @var \local_mzi_generator records as the bridge sends them */
    private \local_mzi_generator $generator;

    /** @var student who asks */
    private student $ada;

    /** @var student another */
    private student $bob;

    /** @var \frozen_clock time */
    private \frozen_clock $clock;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        // Of the outbox only what requests put there matters here.
        set_config('event_user_created', 0, 'local_mzi');
        $this->clock = $this->mock_clock_with_frozen(self::NOW);
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $user = $this->getDataGenerator()->create_user();
        $values = ['phone' => '111', 'city' => 'Amman', 'zoho_program_id' => 'p1'];
        $this->ada = $this->generator->student($values, (int) $user->id);
        $this->bob = $this->generator->student($values, (int) $this->getDataGenerator()->create_user()->id);
        $classes = [
            'mine' => ['moodle_course_id' => 7],
            'without' => [],
            'ended' => ['status' => 'End'],
            'past' => ['status' => null, 'end_date' => '2020-01-01'],
            'waiting' => ['status' => 'Waiting Resubmission', 'end_date' => '2020-01-01'],
            'bobs' => ['moodle_course_id' => 8],
            'coming' => ['moodle_course_id' => 9, 'start_date' => '2030-01-01', 'zoho_program_id' => 'p1'],
            'elsewhere' => ['start_date' => '2030-01-01', 'zoho_program_id' => 'p2'],
        ];
        foreach ($classes as $name => $values) {
            $this->generator->upsert('classes', $name, $values + ['name' => "Class $name", 'status' => 'Active']);
        }
        foreach (['mine', 'without', 'ended', 'past', 'waiting'] as $class) {
            $this->enrol($this->ada, $class);
        }
        $this->enrol($this->bob, 'bobs');
        $windows = array_map(fn(request_type $type) => new request_window($type, true), request_type::cases());
        \core\di::get(request_windows::class)->set($windows);
        $this->setUser($user);
    }

    /**
     * Puts a student into a class.
     *
     * @param student $student
     * @param string $class
     */
    private function enrol(student $student, string $class): void {
        $values = ['zoho_student_id' => $student->zohoid, 'zoho_class_id' => $class];
        $this->generator->upsert('enrollments', "$class{$student->id}", $values);
    }

    /**
     * Local ids of classes.
     *
     * @param string ...$names
     * @return int[]
     */
    private static function classes(string ...$names): array {
        global $DB;
        return array_map(fn(string $name) => (int) $DB->get_field('local_mzi_classes', 'id', ['zoho_class_id' => $name]), $names);
    }

    /**
     * Submits as the current user.
     *
     * @param request_draft $draft
     * @param string $key
     * @param student|null $student
     * @return \local_mzi\local\submission
     */
    private function submit(request_draft $draft, string $key = self::KEY, ?student $student = null): \local_mzi\local\submission {
        return \core\di::get(request_submission::class)->submit($student ?? $this->ada, $draft, $key);
    }

    /**
     * A draft to leave a class.
     *
     * @param string $reason
     * @return request_draft
     */
    private static function drop(string $reason = 'Work'): request_draft {
        return new request_draft(request_type::DROP, $reason, self::classes('mine'));
    }

    /**
     * A file in the current user's draft area.
     *
     * @param string $name
     * @param string $content
     * @return \stored_file
     */
    private static function file(string $name, string $content): \stored_file {
        global $USER;
        return get_file_storage()->create_file_from_string([
            'contextid' => \core\context\user::instance($USER->id)->id,
            'component' => 'user',
            'filearea' => 'draft',
            'itemid' => file_get_unused_draft_itemid(),
            'filepath' => '/',
            'filename' => $name,
        ], $content);
    }

    /**
     * A picture.
     *
     * @param int $side pixels
     * @return string PNG
     */
    private static function picture(int $side = 200): string {
        ob_start();
        imagepng(imagecreatetruecolor($side, $side));
        return ob_get_clean();
    }

    /**
     * How many rows and files there are of requests.
     *
     * @return int[]
     */
    private static function counts(): array {
        global $DB;
        return [
            $DB->count_records('local_mzi_requests'),
            $DB->count_records('local_mzi_request_history'),
            $DB->count_records('local_mzi_outbox'),
            $DB->count_records_select('files', "component = 'local_mzi'"),
        ];
    }

    public function test_a_request_is_stored_whole_and_waits_to_be_sent(): void {
        global $DB;
        $sink = $this->redirectEvents();
        $receipt = self::file('receipt.pdf', '%PDF-1.4 receipt');
        $draft = new request_draft(request_type::LATE, 'Ill', self::classes('mine'), document: $receipt);

        $submission = $this->submit($draft);

        $this->assertFalse($submission->repeated);
        $this->assertSame([1, 1, 1], array_slice(self::counts(), 0, 3));
        $row = $DB->get_record('local_mzi_requests', ['id' => $submission->requestid]);
        $this->assertSame(
            [null, $submission->number, $this->ada->zohoid, 'Late Submission', 'Queued', 'Ill'],
            [$row->zoho_request_id, $row->request_number, $row->zoho_student_id, $row->request_type, $row->status, $row->reason]
        );
        $this->assertSame(['Requested_Classes' => [['Moodle_Class_ID' => '7']]], json_decode($row->details, true));
        $file = get_file_storage()->get_file(SYSCONTEXTID, 'local_mzi', 'request', $row->id, '/', 'receipt.pdf');
        $this->assertSame('%PDF-1.4 receipt', $file->get_content());

        $event = $DB->get_record('local_mzi_outbox', []);
        $this->assertSame(['request_submitted', outbox_repository::QUEUED], [$event->event_type, $event->status]);
        $this->assertMatchesRegularExpression('/^[0-9a-f]{8}-[0-9a-f]{4}-4/', $event->event_id);
        $data = json_decode($event->payload, true);
        $this->assertSame("Ill\n[{$submission->number}]", $data['reason']);
        $this->assertSame([$this->ada->zohoid, $this->ada->userid], [$data['zoho_student_id'], $data['moodle_user_id']]);
        $this->assertSame(['request', (int) $row->id, 'receipt.pdf'], array_slice(array_values($data['files'][0]), 0, 3));
        $told = array_filter($sink->get_events(), fn($event) => $event instanceof request_submitted);
        $this->assertCount(1, $told);
    }

    public function test_each_type_has_the_rows_of_the_crm(): void {
        global $DB;
        $details = function (request_draft $draft, string $key) use ($DB): ?array {
            $id = $this->submit($draft, $key . self::KEY)->requestid;
            return json_decode((string) $DB->get_field('local_mzi_requests', 'details', ['id' => $id]), true);
        };
        $this->assertNull($details(new request_draft(request_type::CARD, 'First card'), 'a'));
        $this->assertSame(
            ['Requested_Classes' => [['Moodle_Class_ID' => '9']]],
            $details(new request_draft(request_type::ENROLL, '', self::classes('coming')), 'b')
        );
        $file = self::file('me.png', self::picture());
        $this->assertSame(
            ['Change_Information' => [
                ['Field_Name' => 'Phone Number', 'Current_Value' => '111', 'New_Value' => '222'],
                ['Field_Name' => 'Address', 'Current_Value' => null, 'New_Value' => 'Here'],
            ]],
            $details(new request_draft(
                request_type::CHANGE,
                changes: ['Phone Number' => '222', 'Address' => 'Here'],
                document: $file
            ), 'c')
        );
        $this->assertSame(
            ['Change_Information' => [['Field_Name' => 'Photo', 'Current_Value' => null, 'New_Value' => 'me.png']]],
            $details(new request_draft(request_type::PHOTO, document: $file), 'd')
        );
    }

    public function test_a_class_without_a_moodle_course_is_named_in_the_reason(): void {
        global $DB;
        $id = $this->submit(new request_draft(request_type::DROP, 'Work', self::classes('mine', 'without')))->requestid;

        $row = $DB->get_record('local_mzi_requests', ['id' => $id]);
        $this->assertSame("Work\nClass without", $row->reason);
        $this->assertSame(['Requested_Classes' => [['Moodle_Class_ID' => '7']]], json_decode($row->details, true));
    }

    public function test_a_form_sent_twice_is_one_request_even_after_the_window(): void {
        $first = $this->submit(self::drop());
        $again = $this->submit(self::drop());
        \core\di::get(request_windows::class)->set([new request_window(request_type::DROP)]);
        $late = $this->submit(self::drop());

        $this->assertSame([$first->requestid, $first->requestid], [$again->requestid, $late->requestid]);
        $this->assertTrue($again->repeated && $late->repeated);
        $this->assertSame([1, 1, 1, 0], self::counts());
        $this->assertSame([], \core\di::get(request_submission::class)->faults($this->ada, self::drop(), self::KEY));
    }

    public function test_equal_content_in_two_tabs_is_one_request_and_other_content_another(): void {
        $first = $this->submit(self::drop(), 'tab1' . self::KEY);
        $this->assertSame($first->requestid, $this->submit(self::drop(), 'tab2' . self::KEY)->requestid);
        $this->assertFalse($this->submit(self::drop('Another'), 'tab3' . self::KEY)->repeated);
        $this->assertSame([2, 2, 2, 0], self::counts());
    }

    public function test_equal_content_is_a_new_request_after_an_hour_or_a_decision(): void {
        global $DB;
        $this->submit(self::drop(), 'one' . self::KEY);
        $this->clock->bump(HOURSECS + 1);
        $second = $this->submit(self::drop(), 'two' . self::KEY);
        $this->assertFalse($second->repeated);
        $DB->set_field('local_mzi_requests', 'status', 'Rejected', ['id' => $second->requestid]);
        $this->assertFalse($this->submit(self::drop(), 'three' . self::KEY)->repeated);
    }

    public function test_the_key_of_another_student_means_nothing(): void {
        $mine = $this->submit(self::drop());
        $this->setUser($this->bob->userid);
        $draft = new request_draft(request_type::DROP, 'Work', self::classes('bobs'));

        $bobs = $this->submit($draft, self::KEY, $this->bob);

        $this->assertFalse($bobs->repeated);
        $this->assertNotSame($mine->number, $bobs->number);
    }

    public function test_a_failure_while_storing_leaves_nothing(): void {
        global $DB;
        $this->preventResetByRollback();
        $before = self::counts();
        $receipt = self::file('receipt.pdf', '%PDF-1.4');
        $DB->get_manager()->rename_table(new \xmldb_table('local_mzi_outbox'), 'local_mzi_away');
        try {
            $this->submit(new request_draft(request_type::LATE, 'Ill', self::classes('mine'), document: $receipt));
            $this->fail('It was stored without the outbox');
        } catch (\dml_exception $exception) {
            $this->assertFalse($DB->is_transaction_started());
        } finally {
            $DB->get_manager()->rename_table(new \xmldb_table('local_mzi_away'), 'local_mzi_outbox');
        }
        $this->assertSame($before, self::counts());
        $this->assertFalse($this->submit(self::drop())->repeated);
    }

    /**
     * What is wrong with a draft; nothing is stored of it.
     *
     * @param request_draft $draft
     * @return array pairs of field and reason
     */
    private function refused(request_draft $draft): array {
        $before = self::counts();
        try {
            $this->submit($draft);
            $this->fail('It was stored');
        } catch (request_refused $refused) {
            $this->assertSame($before, self::counts());
            $this->assertNotEmpty($refused->getMessage());
            return array_map(fn(request_fault $fault) => [$fault->field, $fault->reason], $refused->faults);
        }
    }

    public function test_outside_its_window_a_request_is_refused(): void {
        \core\di::get(request_windows::class)->set([new request_window(request_type::DROP, true, null, self::NOW)]);
        $this->assertSame([['type', refusal::CLOSED]], $this->refused(self::drop()));
    }

    public function test_only_own_current_classes_are_taken(): void {
        foreach (['bobs', 'ended', 'past', 'coming', 'elsewhere'] as $class) {
            $draft = new request_draft(request_type::DROP, 'Work', self::classes('mine', $class));
            $this->assertSame([['classes', refusal::CLASS_FOREIGN]], $this->refused($draft), $class);
        }
        $unknown = new request_draft(request_type::DROP, 'Work', [999999]);
        $this->assertSame([['classes', refusal::CLASS_FOREIGN]], $this->refused($unknown));
        $this->assertSame([['classes', refusal::CLASS_MISSING]], $this->refused(new request_draft(request_type::DROP, 'Work')));
        $elsewhere = new request_draft(request_type::ENROLL, '', self::classes('elsewhere'));
        $this->assertSame([['classes', refusal::CLASS_FOREIGN]], $this->refused($elsewhere));
        $this->generator->delete('enrollments', "mine{$this->ada->id}", 5000);
        $this->assertSame([['classes', refusal::CLASS_FOREIGN]], $this->refused(self::drop()));
    }

    public function test_what_can_be_left_or_handed_in_late_is_what_the_list_of_classes_shows_as_current(): void {
        $listed = function (): array {
            $data = \core\di::get(classes_section::class)->data($this->ada, audience::STUDENT);
            return array_column($data['current'], 'zoho_class_id');
        };
        $offered = fn(request_type $type) => array_column(
            \core\di::get(request_choices::class)->classes($type, $this->ada),
            'zoho_class_id'
        );
        $this->assertEqualsCanonicalizing(['mine', 'without', 'waiting'], $listed());
        $this->assertSame($listed(), $offered(request_type::DROP));
        $this->assertSame($listed(), $offered(request_type::LATE));
        set_config('endedstatuses', "Active\nEnd", 'local_mzi');
        $this->assertSame(['waiting'], $listed());
        $this->assertSame($listed(), $offered(request_type::DROP));
        $this->assertSame([], $offered(request_type::ENROLL));
    }

    public function test_a_reason_is_needed_and_has_an_end(): void {
        $this->assertSame([['reason', refusal::REASON_MISSING]], $this->refused(new request_draft(request_type::CARD)));
        $long = new request_draft(request_type::CARD, str_repeat('ا', 2001));
        $this->assertSame([['reason', refusal::LONG]], $this->refused($long));
    }

    public function test_only_listed_fields_are_changed_and_only_to_something_else(): void {
        $file = self::file('id.pdf', '%PDF-1.4');
        $change = fn(array $changes) => $this->refused(new request_draft(request_type::CHANGE, changes: $changes, document: $file));
        $this->assertSame([['type', refusal::CHANGE_MISSING]], $change([]));
        $this->assertSame([['change:City', refusal::CHANGE_SAME]], $change(['City' => 'Amman']));
        $this->assertSame([['type', refusal::CHANGE_UNWANTED]], $change(['Status' => 'Active']));
        $this->assertSame([['change:City', refusal::LONG]], $change(['City' => str_repeat('a', 256)]));
    }

    public function test_a_file_must_be_what_it_says(): void {
        $late = fn(?\stored_file $file) => $this->refused(
            new request_draft(request_type::LATE, 'Ill', self::classes('mine'), document: $file)
        )[0][1];
        set_config('requestmaxbytes', 1000, 'local_mzi');
        $this->assertSame(refusal::FILE_MISSING, $late(null));
        $this->assertSame(refusal::FILE_EMPTY, $late(self::file('a.pdf', '')));
        $this->assertSame(refusal::FILE_LARGE, $late(self::file('a.pdf', '%PDF-' . str_repeat('x', 1000))));
        $this->assertSame(refusal::FILE_TYPE, $late(self::file('a.exe', 'MZ')));
        $this->assertSame(refusal::FILE_TYPE, $late(self::file('a.pdf.html', '%PDF-1.4')));
        $this->assertSame(refusal::FILE_CONTENT, $late(self::file('a.pdf', '<html><script>')));
        $this->assertSame(refusal::FILE_CONTENT, $late(self::file('a.png', '%PDF-1.4')));
        $this->assertSame(refusal::FILE_CONTENT, $late(self::file('a.png', "\x89PNG\r\n\x1A\n and then something else")));
        $nothing = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR" . str_repeat("\0", 17);
        $this->assertSame(refusal::FILE_BROKEN, $late(self::file('a.png', $nothing)));
        set_config('requestfiletypes', 'png', 'local_mzi');
        $this->assertSame(refusal::FILE_TYPE, $late(self::file('a.pdf', '%PDF-1.4')));
        $card = new request_draft(request_type::CARD, 'Lost', document: self::file('a.png', self::picture()));
        $this->assertSame([['document', refusal::FILE_UNWANTED]], $this->refused($card));
        $photo = fn(string $name, string $content) => $this->refused(
            new request_draft(request_type::PHOTO, document: self::file($name, $content))
        )[0][1];
        $this->assertSame(refusal::FILE_TINY, $photo('me.png', self::picture(50)));
        $this->assertSame(refusal::FILE_TYPE, $photo('me.pdf', '%PDF-1.4'));
        $this->assertSame(refusal::FILE_BROKEN, $photo('me.png', substr(self::picture(), 0, 60)));
    }

    public function test_the_limit_of_a_file_holds_for_everybody_and_the_one_of_the_site_where_no_other_is_set(): void {
        global $CFG;
        $CFG->maxbytes = 2 * document_check::DEFAULT_MAX_BYTES;
        $site = get_max_upload_file_size($CFG->maxbytes);
        $this->assertGreaterThan(document_check::DEFAULT_MAX_BYTES, $site, 'PHP itself takes no larger file');
        $this->assertSame(document_check::DEFAULT_MAX_BYTES, document_check::max_bytes());
        set_config('requestmaxbytes', 0, 'local_mzi');
        $this->assertSame($site, document_check::max_bytes());
        set_config('requestmaxbytes', 1000, 'local_mzi');
        $role = $this->getDataGenerator()->create_role();
        assign_capability('moodle/course:ignorefilesizelimits', CAP_ALLOW, $role, SYSCONTEXTID);
        role_assign($role, $this->ada->userid, SYSCONTEXTID);
        $this->assertSame(1000, document_check::max_bytes());
        $small = new request_draft(request_type::LATE, 'Ill', self::classes('mine'), document: self::file('a.pdf', '%PDF-1.4'));
        $this->assertFalse($this->submit($small)->repeated);
    }

    public function test_a_document_with_a_change_can_be_left_to_the_student(): void {
        $draft = new request_draft(request_type::CHANGE, changes: ['City' => 'Irbid']);
        $this->assertSame([['document', refusal::FILE_MISSING]], $this->refused($draft));
        set_config('documentrequired', 0, 'local_mzi');
        $this->assertFalse($this->submit($draft)->repeated);
    }

    public function test_nobody_asks_for_another_and_nothing_is_taken_when_switched_off(): void {
        $before = self::counts();
        $codes = [];
        $try = function (student $student) use (&$codes): void {
            try {
                $this->submit(self::drop(), self::KEY, $student);
                $codes[] = 'stored';
            } catch (\moodle_exception $exception) {
                $codes[] = $exception->errorcode;
            }
        };
        $try($this->bob);
        $this->setAdminUser();
        $try($this->ada);
        $this->setGuestUser();
        $try($this->ada);
        $this->setUser($this->ada->userid);
        assign_capability('local/mzi:viewown', CAP_PROHIBIT, get_config('core', 'defaultuserroleid'), SYSCONTEXTID, true);
        $try($this->ada);
        assign_capability('local/mzi:viewown', CAP_ALLOW, get_config('core', 'defaultuserroleid'), SYSCONTEXTID, true);
        set_config('show_requests', 0, 'local_mzi');
        $try($this->ada);

        $this->assertSame(['nostudent', 'nostudent', 'nostudent', 'nostudent', 'page_switchedoff'], $codes);
        $this->assertSame($before, self::counts());
    }

    public function test_there_is_an_end_to_a_day_of_requests(): void {
        $this->preventResetByRollback();
        for ($count = 0; $count < request_submission::DAILY; $count++) {
            $this->submit(new request_draft(request_type::CARD, "Reason $count"), "$count" . self::KEY);
        }
        $this->assertSame([['type', refusal::MANY]], $this->refused(new request_draft(request_type::CARD, 'One more')));
        $this->clock->bump(DAYSECS + 1);
        $this->assertFalse($this->submit(new request_draft(request_type::CARD, 'Tomorrow'))->repeated);
    }

    public function test_the_page_shows_the_request_at_once_at_a_constant_price(): void {
        global $DB;
        $section = \core\di::get(requests_section::class);
        $cost = function () use ($DB, $section): array {
            $before = $DB->perf_get_reads();
            $data = $section->data($this->ada, audience::STUDENT);
            return [$data, $DB->perf_get_reads() - $before];
        };
        $receipt = self::file('receipt.pdf', '%PDF-1.4');
        $this->submit(new request_draft(request_type::LATE, 'Ill', self::classes('mine'), document: $receipt));
        $section->data($this->ada, audience::STUDENT);
        [$data, $first] = $cost();
        for ($count = 0; $count < 10; $count++) {
            $this->submit(new request_draft(request_type::DROP, "Reason $count", self::classes('mine')), "$count" . self::KEY);
        }
        [$more, $later] = $cost();

        [$request] = $data['requests'];
        $this->assertSame(['late', 'Queued', 'Ill', false, ['Class mine']], [
            $request['type'],
            $request['status'],
            $request['reason'],
            $request['is_confirmed'],
            $request['classes'],
        ]);
        $this->assertSame([['status' => 'Queued', 'time' => self::NOW]], $request['history']);
        $this->assertSame('receipt.pdf', $request['files'][0]['filename']);
        $this->assertCount(6, $data['types']);
        $this->assertCount(11, $more['requests']);
        $this->assertSame($first, $later);
        $this->assertSame([], $section->data($this->bob, audience::STUDENT)['requests']);
    }
}
