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
use local_mzi\local\row_result;
use local_mzi\repository\photo_repository;

/**
 * Photos of students as the bridge brings them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\photo_update
 * @covers     \local_mzi\service\photo_reader
 * @covers     \local_mzi\repository\photo_repository
 */
final class photo_update_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->generator->upsert('students', '7', ['city' => 'A']);
    }

    /**
     * A picture of one colour.
     *
     * @param int $grey
     * @return string
     */
    private static function picture(int $grey = 0): string {
        $picture = imagecreatetruecolor(10, 10);
        imagefill($picture, 0, 0, imagecolorallocate($picture, $grey, $grey, $grey));
        ob_start();
        imagepng($picture);
        return ob_get_clean();
    }

    /**
     * A row as the bridge sends it.
     *
     * @param string|null $picture null: the student has none
     * @param int $readtime
     * @param array $other members that are to be otherwise
     * @return \stdClass
     */
    private static function row(?string $picture, int $readtime = 100, array $other = []): \stdClass {
        return (object) ($other + [
            'zoho_student_id' => '7',
            'read_time' => $readtime,
            'content_hash' => $picture === null ? null : hash('sha256', $picture),
            'image' => $picture === null ? null : base64_encode($picture),
        ]);
    }

    /**
     * A row without the picture itself.
     *
     * @param string $picture
     * @param int $readtime
     * @return \stdClass
     */
    private static function known(string $picture, int $readtime = 100): \stdClass {
        return (object) array_diff_key((array) self::row($picture, $readtime), ['image' => true]);
    }

    /**
     * What became of one row, with its faults.
     *
     * @param mixed $row
     * @return string
     */
    private static function sent(mixed $row): string {
        return self::told(\core\di::get(photo_update::class)->apply([$row])[0]);
    }

    /**
     * An outcome in one line.
     *
     * @param row_result $result
     * @return string
     */
    private static function told(row_result $result): string {
        $faults = array_map(fn($fault) => " {$fault->field} {$fault->code->value}", $result->faults);
        return $result->action->value . implode(',', $faults);
    }

    /**
     * How bright the student's photo is; null without one.
     *
     * @return int|null
     */
    private static function stored_grey(): ?int {
        global $DB;
        $id = $DB->get_field('local_mzi_students', 'id', ['zoho_student_id' => '7'], MUST_EXIST);
        $file = \core\di::get(photo_repository::class)->file((int) $id);
        return $file ? imagecolorat(imagecreatefromstring($file->get_content()), 5, 5) & 255 : null;
    }

    public function test_a_photo_is_stored_replaced_and_taken_away(): void {
        $this->assertSame('inserted', self::sent(self::row(self::picture(10))));
        $this->assertEqualsWithDelta(10, self::stored_grey(), 3);
        $this->assertSame('updated', self::sent(self::row(self::picture(200), 101)));
        $this->assertEqualsWithDelta(200, self::stored_grey(), 3);
        $this->assertSame('updated', self::sent(self::row(null, 102)));
        $this->assertNull(self::stored_grey());
        $this->assertSame('unchanged', self::sent(self::row(null, 103)));
    }

    public function test_the_file_is_one_small_jpeg_of_the_plugin(): void {
        self::sent(self::row(self::picture()));

        $files = get_file_storage()->get_area_files(system::instance()->id, 'local_mzi', 'photo', false, 'id', false);

        $this->assertCount(1, $files);
        $file = reset($files);
        $this->assertSame(['photo.jpg', 'image/jpeg'], [$file->get_filename(), $file->get_mimetype()]);
        $this->assertSame(IMAGETYPE_JPEG, getimagesizefromstring($file->get_content())[2]);
    }

    public function test_sent_again_it_is_unchanged(): void {
        global $DB;
        self::sent(self::row(self::picture(), 100));
        $before = $DB->get_record('local_mzi_photos', []);

        $this->assertSame('unchanged', self::sent(self::row(self::picture(), 100)));
        $this->assertSame('unchanged', self::sent(self::known(self::picture(), 90)));

        $this->assertEquals($before, $DB->get_record('local_mzi_photos', []));
    }

    public function test_what_was_read_earlier_never_replaces_what_was_read_later(): void {
        self::sent(self::row(self::picture(10), 100));

        $this->assertSame('stale', self::sent(self::row(self::picture(200), 99)));
        $this->assertSame('stale', self::sent(self::row(null, 99)));
        $this->assertEqualsWithDelta(10, self::stored_grey(), 3);
        $this->assertSame('updated', self::sent(self::row(self::picture(200), 100)));
    }

    public function test_a_confirmed_photo_keeps_a_late_older_one_away(): void {
        self::sent(self::row(self::picture(10), 100));
        $this->assertSame('unchanged', self::sent(self::known(self::picture(10), 200)));

        $this->assertSame('stale', self::sent(self::row(self::picture(99), 150)));
    }

    public function test_a_picture_that_is_not_known_is_asked_for(): void {
        $this->assertSame('rejected image image_needed', self::sent(self::known(self::picture())));
        self::sent(self::row(self::picture(10)));
        $this->assertSame('rejected image image_needed', self::sent(self::known(self::picture(11), 101)));
        $this->assertEqualsWithDelta(10, self::stored_grey(), 3);
    }

    public function test_a_lost_file_is_asked_for_and_stored_anew(): void {
        self::sent(self::row(self::picture(10)));
        get_file_storage()->delete_area_files(system::instance()->id, 'local_mzi', 'photo');

        $this->assertSame('rejected image image_needed', self::sent(self::known(self::picture(10), 101)));
        $this->assertSame('inserted', self::sent(self::row(self::picture(10), 101)));
        $this->assertEqualsWithDelta(10, self::stored_grey(), 3);
    }

    public function test_a_student_who_has_not_come_or_was_deleted_gets_no_photo(): void {
        $other = ['zoho_student_id' => '8'];
        $this->assertSame('rejected zoho_student_id unknown_student', self::sent(self::row(self::picture(), 100, $other)));
        $this->generator->delete('students', '7', 5000);
        $this->assertSame('rejected zoho_student_id deleted_student', self::sent(self::row(self::picture(), 6000)));
        $this->assertSame('rejected zoho_student_id deleted_student', self::sent(self::row(null, 6000)));
        $this->assertNull(self::stored_grey());
    }

    public function test_writing_the_student_leaves_the_photo_alone(): void {
        global $DB;
        self::sent(self::row(self::picture(10)));
        $before = $DB->get_record('local_mzi_photos', []);

        $this->assertSame('updated', $this->generator->upsert('students', '7', ['city' => 'B', 'read_time' => 3000]));

        $this->assertEquals($before, $DB->get_record('local_mzi_photos', []));
        $this->assertEqualsWithDelta(10, self::stored_grey(), 3);
    }

    public function test_faulty_rows_are_named_and_the_others_stored(): void {
        $big = base64_encode(str_repeat('x', photo_reader::MAX_BYTES + 1));
        $picture = self::picture();
        $rows = [
            self::row($picture),
            self::row($picture),
            self::row('no picture', 100, ['zoho_student_id' => '1']),
            self::row($picture, 100, ['zoho_student_id' => '2', 'image' => $big]),
            self::row($picture, 100, ['zoho_student_id' => '3', 'image' => '***']),
            self::row($picture, 100, ['zoho_student_id' => '4', 'content_hash' => str_repeat('0', 64)]),
            self::row($picture, 100, ['zoho_student_id' => '5', 'content_hash' => null]),
            self::row($picture, 100, ['zoho_student_id' => '', 'read_time' => '1', 'image' => 5, 'content_hash' => 'x', 'y' => 1]),
            (object) ['zoho_student_id' => '6'],
            'row',
            self::row($picture, 100, ['zoho_student_id' => '9', 'image' => '']),
        ];

        $results = array_map(self::told(...), \core\di::get(photo_update::class)->apply($rows));

        $this->assertSame([
            'inserted',
            'rejected zoho_student_id duplicate',
            'rejected image not_an_image',
            'rejected image too_large',
            'rejected image invalid_value',
            'rejected image invalid_value',
            'rejected image invalid_value',
            'rejected y unknown_field, zoho_student_id required, read_time wrong_type, ' .
                'content_hash invalid_value, image wrong_type',
            'rejected read_time required, content_hash required',
            'rejected  wrong_type',
            'rejected image invalid_value',
        ], $results);
        $this->assertNotNull(self::stored_grey());
    }

    public function test_the_largest_picture_that_is_allowed_passes(): void {
        $picture = self::picture();
        $picture .= str_repeat('x', photo_reader::MAX_BYTES - strlen($picture));

        $this->assertSame('inserted', self::sent(self::row($picture)));
    }

    public function test_the_log_tells_of_photos_without_any_value(): void {
        global $DB;
        self::sent(self::row(self::picture()));
        self::sent(self::row('nothing', 101));

        $lines = array_values($DB->get_records('local_mzi_sync_log', ['event_type' => 'photo'], 'id'));

        $this->assertSame(['inserted', 'rejected'], array_column($lines, 'action'));
        $this->assertSame(['students', '7', 'image: not_an_image'], [
            $lines[1]->module, $lines[1]->zoho_record_id, $lines[1]->error_message,
        ]);
    }

    public function test_a_photo_costs_the_same_number_of_statements_each_time(): void {
        global $DB;
        $cost = function (int $grey, int $readtime) use ($DB): int {
            $before = $DB->perf_get_queries();
            self::sent(self::row(self::picture($grey), $readtime));
            return $DB->perf_get_queries() - $before;
        };
        $cost(1, 100);

        $this->assertSame($cost(2, 101), $cost(3, 102));
    }
}
