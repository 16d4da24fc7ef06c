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

namespace local_mzi\form;

use local_mzi\form\request\change_form;
use local_mzi\form\request\drop_form;
use local_mzi\form\request\enroll_form;
use local_mzi\form\request\late_form;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\student;
use local_mzi\service\request_windows;

/**
 * What comes from the CRM is text in every form of a request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\form\request\request_form
 * @covers     \local_mzi\form\request\change_form
 * @covers     \local_mzi\form\request\class_choice_form
 * @covers     \local_mzi\form\request\drop_form
 * @covers     \local_mzi\form\request\enroll_form
 * @covers     \local_mzi\form\request\late_form
 */
final class request_form_test extends \advanced_testcase {
    /** Text that is markup if a form forgets to escape it. */
    private const HOSTILE = '<script>alert(1)</script> "A&B" \'😈';

    /** @var student who asks */
    private student $ada;

    #[\Override]
    protected function setUp(): void {
        global $PAGE;
        parent::setUp();
        $this->resetAfterTest();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $user = $this->getDataGenerator()->create_user();
        $this->ada = $generator->student(['city' => self::HOSTILE, 'zoho_program_id' => 'p1'], (int) $user->id);
        $generator->upsert('classes', 'in', ['name' => self::HOSTILE, 'class_number' => self::HOSTILE]);
        $generator->upsert('enrollments', 'e', ['zoho_student_id' => $this->ada->zohoid, 'zoho_class_id' => 'in']);
        $coming = ['name' => self::HOSTILE, 'start_date' => '2999-01-01', 'zoho_program_id' => 'p1'];
        $generator->upsert('classes', 'coming', $coming);
        \core\di::get(request_windows::class)->set(
            array_map(fn(request_type $type) => new request_window($type, true), request_type::cases())
        );
        $this->setUser($user);
        $PAGE->set_url('/local/mzi/request.php');
    }

    /**
     * Forms that show something of the CRM.
     *
     * @return array
     */
    public static function forms(): array {
        return [
            [request_type::DROP, drop_form::class],
            [request_type::LATE, late_form::class],
            [request_type::ENROLL, enroll_form::class],
            [request_type::CHANGE, change_form::class],
        ];
    }

    /**
     * Names of classes and values of the record are shown as they are.
     *
     * @dataProvider forms
     * @param request_type $type
     * @param string $class
     */
    public function test_what_the_crm_says_is_shown_not_run(request_type $type, string $class): void {
        $form = new $class(null, ['type' => $type, 'student' => $this->ada, 'studentid' => $this->ada->id]);
        $html = $form->render();

        $this->assertStringContainsString(s(self::HOSTILE), $html);
        $this->assertStringNotContainsString('<script>alert', $html);
    }

    /**
     * Who is in no class is told so instead of getting an empty list.
     */
    public function test_without_classes_the_form_says_so(): void {
        $none = $this->getDataGenerator()->get_plugin_generator('local_mzi')->student();
        $forms = [[request_type::DROP, drop_form::class], [request_type::LATE, late_form::class]];
        foreach ([...$forms, [request_type::ENROLL, enroll_form::class]] as [$type, $class]) {
            $html = (new $class(null, ['type' => $type, 'student' => $none, 'studentid' => $none->id]))->render();
            $this->assertStringContainsString(get_string("request_noclasses_{$type->value}", 'local_mzi'), $html);
        }
    }
}
