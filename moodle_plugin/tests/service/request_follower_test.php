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

use local_mzi\local\audience;
use local_mzi\local\request_draft;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\student;
use local_mzi\output\requests_tab;
use local_mzi\service\dashboard\requests_section;

/**
 * What happens here when the CRM tells of requests.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\request_follower
 * @covers     \local_mzi\service\request_mark
 * @covers     \local_mzi\service\pending_photos
 * @covers     \local_mzi\repository\request_history_repository
 */
final class request_follower_test extends \advanced_testcase {
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
     * Submits a request for a card, or a picture.
     *
     * @param string $reason
     * @param bool $picture
     * @return \local_mzi\local\submission
     */
    private function submit(string $reason, bool $picture = false): \local_mzi\local\submission {
        global $USER;
        $file = null;
        if ($picture) {
            ob_start();
            imagejpeg(imagecreatetruecolor(600 + strlen($reason), 600));
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
     * The CRM tells of a request.
     *
     * @param string $id
     * @param string $reason
     * @param string $status
     * @param int $version
     * @param string|null $student CRM id
     * @return string what became of it
     */
    private function told(string $id, string $reason, string $status, int $version, ?string $student = null): string {
        return $this->generator->upsert('requests', $id, [
            'zoho_student_id' => $student ?? $this->ada->zohoid,
            'reason' => $reason,
            'status' => $status,
            'modified_time' => $version,
            'read_time' => $version + 1,
        ]);
    }

    /**
     * The requests of the student's page.
     *
     * @return array[]
     */
    private function shown(): array {
        return \core\di::get(requests_section::class)->data($this->ada, audience::STUDENT)['requests'];
    }

    /**
     * The states of a request.
     *
     * @param int $requestid
     * @return array pairs of status and time
     */
    private static function history(int $requestid): array {
        global $DB;
        $rows = $DB->get_records('local_mzi_request_history', ['requestid' => $requestid], 'id');
        return array_values(array_map(fn($row) => [$row->status, (int) $row->timecreated], $rows));
    }

    /**
     * Names and sizes of a student's pictures in an area.
     *
     * @param string $area
     * @return \stored_file[] by name
     */
    private function pictures(string $area): array {
        $files = get_file_storage()->get_area_files(SYSCONTEXTID, 'local_mzi', $area, $this->ada->id, 'id', false);
        return array_column(array_map(fn(\stored_file $file) => [$file->get_filename(), $file], $files), 1, 0);
    }

    public function test_the_record_of_a_request_made_here_is_no_second_request(): void {
        global $DB;
        $mine = $this->submit('Lost it');

        $this->assertSame('updated', $this->told('9001', "Lost it\n[{$mine->number}]", 'Pending', 1795000100));
        $this->assertSame('unchanged', $this->told('9001', "Lost it\n[{$mine->number}]", 'Pending', 1795000100));

        $this->assertSame('9001', $DB->get_field('local_mzi_requests', 'zoho_request_id', ['id' => $mine->requestid]));
        [$request] = $this->shown();
        $this->assertCount(1, $this->shown());
        $this->assertSame([$mine->requestid, 'Pending', 'Lost it', true], [
            $request['id'],
            $request['status'],
            $request['reason'],
            $request['is_confirmed'],
        ]);
        $this->assertSame([['Queued', 1795000000], ['Pending', 1795000100]], self::history($mine->requestid));
    }

    public function test_the_number_counts_for_its_own_student_and_for_one_record_only(): void {
        global $DB;
        $mine = $this->submit('Lost it');
        $bob = $this->generator->student();

        $this->assertSame('inserted', $this->told('9001', "Mine [{$mine->number}]", 'Pending', 100, $bob->zohoid));
        $this->assertNull($DB->get_field('local_mzi_requests', 'zoho_request_id', ['id' => $mine->requestid]));
        $batch = array_map(fn(string $id) => $this->generator->record('requests', $id, [
            'zoho_student_id' => $this->ada->zohoid,
            'reason' => "Lost it\n[{$mine->number}]",
            'status' => 'Pending',
        ]), ['9003', '9002']);
        $actions = array_map(fn($result) => $result->action->value, $this->generator->apply('requests', $batch));

        $this->assertSame(['inserted', 'updated'], $actions);
        $this->assertSame('9002', $DB->get_field('local_mzi_requests', 'zoho_request_id', ['id' => $mine->requestid]));
        $this->assertSame('inserted', $this->told('9004', "Lost it\n[{$mine->number}]", 'Pending', 1795000100));
        $this->assertSame('inserted', $this->told('9005', 'Lost it [M-999999]', 'Pending', 1795000100));
    }

    public function test_a_confirmed_request_is_found_by_its_id_whatever_its_text(): void {
        global $DB;
        $mine = $this->submit('Lost it');
        $DB->set_field('local_mzi_requests', 'zoho_request_id', '9001', ['id' => $mine->requestid]);

        $this->assertSame('updated', $this->told('9001', 'Changed by the office', 'Approved', 1795000100));
        $this->assertCount(1, $this->shown());
    }

    public function test_only_a_new_state_goes_into_the_history(): void {
        global $DB;
        $this->told('9001', 'Made in the office', 'Pending', 100);
        $this->told('9001', 'Other text', 'Pending', 200);
        $this->told('9001', 'Other text', 'Approved', 300);
        $this->told('9001', 'Late news', 'Pending', 250);
        $this->generator->upsert('requests', '9002', ['reason' => 'No state']);

        $id = (int) $DB->get_field('local_mzi_requests', 'id', ['zoho_request_id' => '9001']);
        $this->assertSame([['Pending', 100], ['Approved', 300]], self::history($id));
        $this->assertSame(2, $DB->count_records('local_mzi_request_history'));
    }

    public function test_types_and_states_that_only_the_crm_knows_are_shown_in_the_words_of_the_office(): void {
        global $PAGE;
        set_config('crmwords', "en: Resit = Second try\nen: On hold = Stopped for now", 'local_mzi');
        foreach (['On hold', 'Unknown & strange'] as $number => $status) {
            $this->generator->upsert('requests', "900$number", [
                'zoho_student_id' => $this->ada->zohoid,
                'request_type' => 'Resit',
                'status' => $status,
            ]);
        }
        $data = \core\di::get(requests_section::class)->data($this->ada, audience::STUDENT);
        $tab = new requests_tab($data, $this->ada, audience::STUDENT);
        $shown = $tab->export_for_template($PAGE->get_renderer('core'))['requests'];

        $this->assertSame(['Second try', 'Second try'], array_column($shown, 'title'));
        $this->assertEqualsCanonicalizing(['Stopped for now', 'Unknown & strange'], array_column($shown, 'status'));
    }

    public function test_the_answer_of_the_office_is_shown(): void {
        $this->generator->upsert('requests', '9001', [
            'zoho_student_id' => $this->ada->zohoid,
            'status' => 'Rejected',
            'answer' => 'Too late',
        ]);
        $this->assertSame('Too late', $this->shown()[0]['answer']);
    }

    public function test_a_picture_waits_small_and_is_shown_when_approved(): void {
        $first = $this->submit('a', true);
        $second = $this->submit('bb', true);
        $waiting = $this->pictures('pendingphoto');
        $this->assertSame(["request-{$first->requestid}.jpg", "request-{$second->requestid}.jpg"], array_keys($waiting));
        $size = getimagesizefromstring(reset($waiting)->get_content());
        $this->assertSame([IMAGETYPE_JPEG, 512], [$size[2], max($size[0], $size[1])]);
        $this->assertSame([], $this->pictures('photo'));
        $wanted = $waiting["request-{$second->requestid}.jpg"]->get_contenthash();

        $this->told('9001', "a\n[{$first->number}]", 'Pending', 1795000100);
        $this->told('9002', "bb\n[{$second->number}]", 'Approved', 1795000100);

        $this->assertSame([$wanted], array_map(fn($file) => $file->get_contenthash(), array_values($this->pictures('photo'))));
        $this->assertSame(['photo.jpg'], array_keys($this->pictures('photo')));
        $this->assertSame(["request-{$first->requestid}.jpg"], array_keys($this->pictures('pendingphoto')));

        $this->told('9001', "a\n[{$first->number}]", 'Rejected', 1795000200);
        $this->told('9002', "bb\n[{$second->number}]", 'Completed', 1795000200);

        $this->assertSame([], $this->pictures('pendingphoto'));
        $this->assertSame($wanted, $this->pictures('photo')['photo.jpg']->get_contenthash());
    }

    public function test_a_batch_of_requests_of_any_size_takes_the_same_number_of_statements(): void {
        global $DB;
        $cost = function (int $count, string $prefix, string $status, int $version) use ($DB): int {
            $records = array_map(fn(int $n) => $this->generator->record('requests', "$prefix$n", [
                'zoho_student_id' => $this->ada->zohoid,
                'status' => $status,
                'reason' => sprintf('Some [M-%06d]', 900000 + $n),
                'modified_time' => $version,
            ]), range(1, $count));
            $before = $DB->perf_get_queries();
            $this->generator->apply('requests', $records);
            return $DB->perf_get_queries() - $before;
        };
        $cost(1, 'warm', 'Pending', 1);
        foreach (['Pending', 'Approved'] as $version => $status) {
            $this->assertSame($cost(5, 'few', $status, $version + 1), $cost(100, 'many', $status, $version + 1), $status);
        }
    }
}
