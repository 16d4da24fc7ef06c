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

use core\context\course;
use core\context\system;
use local_mzi\local\student;

/**
 * Who fetches which file.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\file_access
 */
final class file_access_test extends \advanced_testcase {
    /** @var \local_mzi_generator records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * Keeps a file.
     *
     * @param string $area
     * @param int $itemid
     * @param string $name
     * @return \stored_file
     */
    private static function keep(string $area, int $itemid, string $name = 'file.jpg'): \stored_file {
        return get_file_storage()->create_file_from_string([
            'contextid' => system::instance()->id,
            'component' => 'local_mzi',
            'filearea' => $area,
            'itemid' => $itemid,
            'filepath' => '/',
            'filename' => $name,
        ], 'content');
    }

    /**
     * What the current user gets.
     *
     * @param string $area
     * @param int $itemid
     * @param string $name
     * @return \stored_file|null
     */
    private static function find(string $area, int $itemid, string $name = 'file.jpg'): ?\stored_file {
        return \core\di::get(file_access::class)->find(system::instance(), $area, [(string) $itemid, $name]);
    }

    public function test_each_area_is_for_the_student_and_staff_only(): void {
        global $DB;
        [$ada, $bob] = [$this->getDataGenerator()->create_user(), $this->getDataGenerator()->create_user()];
        $teacher = $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'editingteacher');
        $students = array_map(fn(\stdClass $user) => $this->generator->student([], (int) $user->id), [$ada, $bob]);
        $items = [];
        foreach ($students as $index => $student) {
            $this->generator->upsert('requests', "r$index", ['zoho_student_id' => $student->zohoid]);
            $request = (int) $DB->get_field('local_mzi_requests', 'id', ['zoho_request_id' => "r$index"]);
            $items[] = [
                file_access::PHOTO => $student->id,
                file_access::PENDINGPHOTO => $student->id,
                file_access::REQUEST => $request,
            ];
        }
        foreach ($items as $areas) {
            foreach ($areas as $area => $itemid) {
                self::keep($area, $itemid);
            }
        }
        foreach ([[$ada, [true, false]], [$bob, [false, true]], [$teacher, [false, false]], [guest_user(), [false, false]],
            [get_admin(), [true, true]], [(object) ['id' => 0], [false, false]]] as [$user, $expected]) {
            $this->setUser($user);
            foreach ($items as $index => $areas) {
                foreach ($areas as $area => $itemid) {
                    $this->assertSame($expected[$index], self::find($area, $itemid) !== null, "$user->id $area $index");
                }
            }
        }
    }

    public function test_what_is_no_file_of_a_student_is_not_found(): void {
        $student = $this->generator->student();
        self::keep(file_access::PHOTO, $student->id);
        self::keep('draft', $student->id);
        $this->setAdminUser();

        $this->assertNotNull(self::find(file_access::PHOTO, $student->id));
        $this->assertNull(self::find(file_access::PHOTO, $student->id, 'other.jpg'));
        $this->assertNull(self::find(file_access::PHOTO, $student->id, '.'));
        $this->assertNull(self::find('draft', $student->id));
        $this->assertNull(self::find(file_access::PHOTO, $student->id + 1));
        $access = \core\di::get(file_access::class);
        $this->assertNull($access->find(system::instance(), file_access::PHOTO, []));
        $this->assertNull($access->find(system::instance(), file_access::PHOTO, [(string) $student->id]));
        $course = course::instance($this->getDataGenerator()->create_course()->id);
        $this->assertNull($access->find($course, file_access::PHOTO, [(string) $student->id, 'file.jpg']));
    }

    public function test_the_photo_of_a_deleted_student_is_gone(): void {
        $user = $this->getDataGenerator()->create_user();
        $student = $this->generator->student([], (int) $user->id);
        self::keep(file_access::PHOTO, $student->id);
        $this->setUser($user);
        $this->assertNotNull(self::find(file_access::PHOTO, $student->id));
        $this->generator->delete('students', $student->zohoid, 5000);
        $this->assertNull(self::find(file_access::PHOTO, $student->id));
    }

    public function test_only_pictures_are_shown_in_the_browser(): void {
        $access = \core\di::get(file_access::class);
        foreach (['a.jpg' => false, 'a.png' => false, 'a.svg' => true, 'a.html' => true, 'a.pdf' => true] as $name => $download) {
            $this->assertSame($download, $access->must_download(self::keep(file_access::REQUEST, 1, $name)), $name);
        }
    }
}
