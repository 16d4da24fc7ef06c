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

use core_external\external_api;
use local_mzi\external\get_request_file;
use local_mzi\local\request_draft;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\row_result;
use local_mzi\local\student;
use local_mzi\local\submission;

/**
 * What the bridge says of requests made here, and what it fetches of them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\request_confirmation
 * @covers     \local_mzi\service\request_file_reader
 * @covers     \local_mzi\service\delivered_requests
 * @covers     \local_mzi\external\confirm_requests
 * @covers     \local_mzi\external\get_request_file
 * @covers     \local_mzi\repository\request_repository
 */
final class request_confirmation_test extends \advanced_testcase {
    /** @var \local_mzi_generator records as the bridge sends them */
    private \local_mzi_generator $generator;

    /** @var student who asks */
    private student $ada;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(1795000000);
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $user = $this->getDataGenerator()->create_user();
        $this->ada = $this->generator->student([], (int) $user->id);
        $windows = array_map(fn(request_type $type) => new request_window($type, true), request_type::cases());
        \core\di::get(request_windows::class)->set($windows);
        $this->setUser($user);
    }

    /**
     * Submits a request for a card, or with a picture.
     *
     * @param string $reason
     * @param bool $picture
     * @return submission
     */
    private function submit(string $reason, bool $picture = false): submission {
        global $USER;
        $file = null;
        if ($picture) {
            ob_start();
            imagejpeg(imagecreatetruecolor(600, 600));
            $file = get_file_storage()->create_file_from_string([
                'contextid' => \core\context\user::instance($USER->id)->id,
                'component' => 'user',
                'filearea' => 'draft',
                'itemid' => file_get_unused_draft_itemid(),
                'filepath' => '/',
                'filename' => 'me.jpg',
            ], ob_get_clean());
        }
        $draft = new request_draft($picture ? request_type::PHOTO : request_type::CARD, $reason, document: $file);
        return \core\di::get(request_submission::class)->submit($this->ada, $draft, random_string(32));
    }

    /**
     * Confirms requests.
     *
     * @param array ...$records number, CRM id, and student if it is not the usual one
     * @return string[] what became of them, with the reasons
     */
    private function confirm(array ...$records): array {
        $records = array_map(fn(array $record) => (object) [
            'request_number' => $record[0],
            'zoho_request_id' => $record[1],
            'zoho_student_id' => $record[2] ?? $this->ada->zohoid,
        ], $records);
        return self::told(\core\di::get(request_confirmation::class)->apply($records));
    }

    /**
     * Results in short.
     *
     * @param row_result[] $results
     * @return string[]
     */
    private static function told(array $results): array {
        return array_map(fn(row_result $result) => trim($result->action->value . ' ' . implode(' ', array_map(
            fn($fault) => "{$fault->field}:{$fault->code->value}",
            $result->faults
        ))), $results);
    }

    public function test_a_confirmed_request_has_its_id_and_is_sent_and_again_changes_nothing(): void {
        global $DB;
        $made = $this->submit('One');

        $this->assertSame(['updated'], $this->confirm([$made->number, '555']));
        $this->assertSame(['unchanged'], $this->confirm([$made->number, '555']));

        $row = $DB->get_record('local_mzi_requests', ['id' => $made->requestid]);
        $this->assertSame(['555', 'Sent'], [$row->zoho_request_id, $row->status]);
        $states = $DB->get_fieldset_select('local_mzi_request_history', 'status', 'requestid = ? ORDER BY id', [$made->requestid]);
        $this->assertSame(['Queued', 'Sent'], $states);
    }

    public function test_a_confirmation_that_the_notification_overtook_changes_nothing(): void {
        global $DB;
        $made = $this->submit('One');
        $this->generator->upsert('requests', '555', [
            'zoho_student_id' => $this->ada->zohoid,
            'reason' => "One\n[{$made->number}]",
            'status' => 'Approved',
        ]);

        $this->assertSame(['unchanged'], $this->confirm([$made->number, '555']));
        $this->assertSame(['Approved'], $DB->get_fieldset('local_mzi_requests', 'status'));
    }

    public function test_a_record_that_comes_behind_its_confirmation_is_the_same_request(): void {
        global $DB;
        $made = $this->submit('One');
        $this->confirm([$made->number, '555']);

        $values = ['zoho_student_id' => $this->ada->zohoid, 'reason' => "One\n[{$made->number}]", 'status' => 'Pending'];
        $this->assertSame('updated', $this->generator->upsert('requests', '555', $values));
        $this->assertSame(['Pending'], $DB->get_fieldset('local_mzi_requests', 'status'));
    }

    public function test_what_does_not_fit_is_refused_row_by_row(): void {
        global $DB;
        $one = $this->submit('One');
        $two = $this->submit('Two');
        $three = $this->submit('Three');
        $four = $this->submit('Four');
        $bob = $this->generator->student();
        $this->confirm([$one->number, '1']);

        $this->assertSame([
            'rejected zoho_request_id:invalid_value',
            'rejected zoho_request_id:duplicate',
            'rejected request_number:unknown_request',
            'rejected request_number:unknown_request',
            'rejected request_number:required zoho_request_id:invalid_value',
            'updated',
        ], $this->confirm(
            [$one->number, '9'],
            [$two->number, '1'],
            [$three->number, '4', $bob->zohoid],
            ['M-999999', '5'],
            ['', 'a b'],
            [$four->number, '3'],
        ));
        $this->assertSame(['Queued'], $DB->get_fieldset('local_mzi_requests', 'status', ['id' => $two->requestid]));
    }

    public function test_a_number_or_an_id_that_comes_twice_counts_once(): void {
        $one = $this->submit('One');
        $two = $this->submit('Two');

        $this->assertSame(
            ['updated', 'rejected request_number:duplicate', 'rejected zoho_request_id:duplicate'],
            $this->confirm([$one->number, '1'], [$one->number, '2'], [$two->number, '1'])
        );
        $this->assertSame(
            ['rejected :wrong_type', 'rejected no:unknown_field request_number:required zoho_student_id:required ' .
                'zoho_request_id:required'],
            self::told(\core\di::get(request_confirmation::class)->apply(['x', (object) ['no' => 1]]))
        );
    }

    public function test_a_batch_of_any_size_takes_the_same_number_of_statements(): void {
        global $DB;
        $made = array_map(fn(int $number) => $this->submit("Reason $number"), range(1, 12));
        $cost = function (array $some, int $from) use ($DB): int {
            $before = $DB->perf_get_queries();
            $this->confirm(...array_map(fn(submission $one) => [$one->number, (string) ($from + $one->requestid)], $some));
            return $DB->perf_get_queries() - $before;
        };

        $this->assertSame($cost(array_slice($made, 0, 2), 1000), $cost(array_slice($made, 2), 1000));
    }

    public function test_the_bridge_fetches_the_files_of_a_request_and_no_others(): void {
        global $DB;
        $made = $this->submit('Picture', true);
        $other = $this->submit('None');
        $data = json_decode($DB->get_field('local_mzi_outbox', 'payload', ['record_key' => "request:{$made->requestid}"]), true);
        $this->setAdminUser();

        $fetch = fn(int $id, string $hash) => external_api::clean_returnvalue(
            get_request_file::execute_returns(),
            get_request_file::execute($id, $hash)
        );
        $told = $data['files'][0];
        $file = $fetch($made->requestid, $told['contenthash']);

        $this->assertSame($told['contenthash'], sha1(base64_decode($file['content'], true)));
        $this->assertSame([$told['filename'], $told['filesize'], 'image/jpeg'], [
            $file['filename'],
            $file['filesize'],
            $file['mimetype'],
        ]);
        $hash = $told['contenthash'];
        foreach ([[$other->requestid, $hash], [$made->requestid, sha1('')], [0, $hash]] as [$id, $hash]) {
            try {
                $fetch($id, $hash);
                $this->fail('A file was handed over');
            } catch (\moodle_exception $exception) {
                $this->assertSame('invalidrecord', $exception->errorcode);
            }
        }
    }
}
