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

namespace local_mzi\output;

use local_mzi\local\audience;
use local_mzi\local\student;
use local_mzi\local\tab;
use local_mzi\local\theme_choice;

/**
 * The page of a student as HTML.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\output\student_page
 * @covers     \local_mzi\output\tab_body
 * @covers     \local_mzi\output\profile_tab
 * @covers     \local_mzi\output\academics_tab
 * @covers     \local_mzi\output\classes_tab
 */
final class student_page_test extends \advanced_testcase {
    /** A name that breaks what is not escaped or isolated. */
    private const HOSTILE = "\u{202E}<script>alert('{{name}}')</script>\" \u{1F393}";

    /** @var \local_mzi_generator records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        global $PAGE;
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $PAGE->set_url('/local/mzi/index.php');
        $this->setUser($this->getDataGenerator()->create_user());
    }

    /**
     * The HTML of a page.
     *
     * @param student $student
     * @param tab $tab
     * @param audience $audience
     * @param student[] $own
     * @return string
     */
    private static function html(
        student $student,
        tab $tab = tab::PROFILE,
        audience $audience = audience::STUDENT,
        array $own = []
    ): string {
        global $OUTPUT;
        return $OUTPUT->render(new student_page($tab, $student, $audience, $own !== [], $own));
    }

    public function test_whatever_the_crm_says_is_escaped_and_isolated_on_every_tab(): void {
        $hostile = self::HOSTILE;
        $student = $this->generator->student(array_fill_keys([
            'display_name', 'first_name', 'last_name', 'status', 'phone', 'city', 'address', 'nationality', 'student_id',
            'emergency_contact_name', 'major', 'national_id',
        ], $hostile));
        $of = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('registrations', 'r1', $of + [
            'zoho_program_id' => 'p1', 'program_name' => $hostile, 'registration_status' => $hostile, 'intake' => $hostile,
        ]);
        $this->generator->upsert('units', 'u1', ['zoho_program_id' => 'p1', 'name' => $hostile, 'number' => $hostile]);
        $this->generator->upsert('classes', 'c1', [
            'name' => $hostile, 'schedule' => $hostile, 'teacher_name' => $hostile, 'status' => $hostile,
            'ms_teams_id' => "javascript:alert(1)//$hostile", 'zoho_unit_id' => 'u1',
        ]);
        $this->generator->upsert('enrollments', 'e1', $of + ['zoho_class_id' => 'c1']);
        $this->generator->upsert('grades', 'g1', $of + [
            'zoho_class_id' => 'c1', 'grade' => '<script>', 'grade_status' => 'Released',
        ]);
        foreach (tab::cases() as $tab) {
            foreach (audience::cases() as $audience) {
                $html = self::html($student, $tab, $audience, [$student, $student]);
                $this->assertStringNotContainsString('<script', $html, $tab->value);
                $this->assertStringNotContainsString('javascript:', $html, $tab->value);
                $this->assertStringContainsString('&lt;script&gt;', $html);
                preg_match_all('~(<bdi[^>]*>)?\s*[^<>"]*\x{202E}[^<>"]*~u', $html, $shown);
                $this->assertNotEmpty($shown[0]);
            }
        }
        $text = preg_replace('~<bdi[^>]*>.*?</bdi>|<(img|input|article|table|caption)\b[^>]*>~su', '', self::html($student));
        $this->assertStringNotContainsString("\u{202E}", $text);
    }

    public function test_one_tab_is_the_current_one_and_all_are_plain_links(): void {
        $student = $this->generator->student();
        set_config('show_finance', 0, 'local_mzi');
        $html = self::html($student, tab::CLASSES);

        preg_match_all('~<a href="([^"]+)" data-local-mzi-tab="(\w+)"( aria-current="page")?>~', $html, $links);
        $this->assertSame(['profile', 'academics', 'classes', 'grades', 'requests'], $links[2]);
        $this->assertSame(['classes'], array_values(array_filter(
            $links[2],
            fn(int $index) => $links[3][$index] !== '',
            ARRAY_FILTER_USE_KEY
        )));
        $this->assertStringEndsWith('/local/mzi/index.php?tab=classes', $links[1][2]);
    }

    public function test_who_has_several_records_chooses(): void {
        $one = $this->generator->student(['program_name' => 'First']);
        $two = $this->generator->student(['program_name' => 'Second']);

        $this->assertStringNotContainsString('local-mzi-choices', self::html($one, tab::GRADES, audience::STUDENT, [$one]));
        $html = self::html($one, tab::GRADES, audience::STUDENT, [$two, $one]);
        $this->assertStringContainsString("tab=grades&amp;student=$two->id", $html);
        $this->assertMatchesRegularExpression("~student=$one->id\" aria-current=\"true\"~", $html);
    }

    public function test_a_tab_without_data_says_why(): void {
        $student = $this->generator->student();
        foreach ([tab::ACADEMICS, tab::CLASSES] as $tab) {
            $text = get_string("{$tab->value}_empty", 'local_mzi');
            $this->assertStringContainsString($text, self::html($student, $tab));
        }
    }

    public function test_what_has_no_name_stands_under_a_heading_all_the_same(): void {
        $student = $this->generator->student();
        $of = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('registrations', 'r1', $of + ['registration_number' => null]);
        $this->generator->upsert('classes', 'c1', ['class_number' => null]);
        $this->generator->upsert('enrollments', 'e1', $of + ['zoho_class_id' => 'c1']);
        $this->generator->upsert('grades', 'g1', $of + ['grade' => 'P', 'grade_status' => 'Released']);
        $this->generator->upsert('payments', 'p1', $of + ['amount' => '5.00']);
        foreach (tab::cases() as $tab) {
            $html = self::html($student, $tab);
            preg_match_all('~<(h[1-6])\b[^>]*>(.*?)</\1>~s', $html, $headings);
            $this->assertNotContains('', array_map(fn(string $heading) => trim(strip_tags($heading)), $headings[2]), $tab->value);
        }
        $this->assertStringContainsString(get_string('classes_unnamed', 'local_mzi'), self::html($student, tab::CLASSES));
        $this->assertStringContainsString(get_string('page_noprogram', 'local_mzi'), self::html($student, tab::ACADEMICS));
    }

    public function test_the_profile_shows_all_that_the_office_knows_and_the_end_of_the_national_number(): void {
        $words = [
            'student_id' => 'STU-7', 'display_name' => 'Ada B.', 'first_name' => 'Ada', 'last_name' => 'Byron',
            'academic_email' => 'ada@example.com', 'phone' => '+1 555 0100', 'nationality' => 'Nowhere', 'address' => '1 Street',
            'city' => 'Town', 'country' => 'Land', 'emergency_contact_name' => 'Bob', 'emergency_contact_phone' => '+1 555 0111',
            'major' => 'Computing',
        ];
        $html = self::html($this->generator->student($words + [
            'birth_date' => '2003-02-28', 'national_id' => '9991234567', 'status' => 'Active',
        ]));
        foreach ([...array_values($words), '28 February 2003', '••••567'] as $word) {
            $this->assertMatchesRegularExpression('~<dd>\s*<bdi[^>]*>' . preg_quote(s($word)) . '</bdi>~', $html, $word);
        }
        $this->assertStringContainsString('<bdi class="local-mzi-badge local-mzi-badge-good">Active</bdi>', $html);
        $this->assertStringNotContainsString('9991234', $html);
    }

    public function test_a_class_leads_to_its_course_and_its_team_where_there_are_such(): void {
        $user = $this->getDataGenerator()->create_user();
        $student = $this->generator->student([], (int) $user->id);
        $course = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($user->id, $course->id, 'student');
        $group = '0a1b2c3d-1111-4222-8333-444455556666';
        $classes = ['c1' => ['moodle_course_id' => (int) $course->id, 'ms_teams_id' => $group], 'c2' => ['name' => 'Bare']];
        foreach ($classes as $id => $values) {
            $this->generator->upsert('classes', $id, $values + ['name' => 'Linked']);
            $this->generator->upsert('enrollments', "e$id", ['zoho_student_id' => $student->zohoid, 'zoho_class_id' => $id]);
        }
        preg_match_all('~<article.*?</article>~s', self::html($student, tab::CLASSES), $cards);
        $kinds = array_map(fn(string $card) => str_contains($card, 'Bare') ? 'bare' : 'linked', $cards[0]);
        $cards = array_combine($kinds, $cards[0]);

        $this->assertStringContainsString("/course/view.php?id=$course->id\"", $cards['linked']);
        $this->assertStringContainsString("groupId=$group\"", $cards['linked']);
        $this->assertStringNotContainsString('<a ', $cards['bare']);
        $this->assertStringNotContainsString('<dt>Start date', $cards['bare']);
    }

    public function test_a_best_grade_has_the_name_that_it_has_among_the_grades(): void {
        $student = $this->generator->student();
        $of = ['zoho_student_id' => $student->zohoid];
        $this->generator->upsert('registrations', 'r1', $of + ['zoho_program_id' => 'p1']);
        $this->generator->upsert('units', 'u1', ['zoho_program_id' => 'p1', 'name' => 'Law']);
        $this->generator->upsert('grades', 'g1', $of + ['unit_name' => 'Law', 'grade' => 'm', 'grade_status' => 'Released']);

        foreach ([tab::ACADEMICS, tab::GRADES] as $tab) {
            $badge = '<bdi class="local-mzi-badge local-mzi-badge-good">' . get_string('grades_letter_m', 'local_mzi') . '</bdi>';
            $this->assertStringContainsString($badge, self::html($student, $tab));
        }
    }

    public function test_staff_are_not_spoken_to_as_if_they_were_the_student(): void {
        $student = $this->generator->student();
        foreach (tab::cases() as $tab) {
            $text = strip_tags(self::html($student, $tab, audience::STAFF));
            $text = str_replace(get_string('page_asstaff', 'local_mzi'), '', $text);
            $this->assertDoesNotMatchRegularExpression('~\byour?\b~i', $text, $tab->value);
        }
    }

    public function test_only_the_student_is_offered_a_change(): void {
        $student = $this->generator->student();
        $address = "/local/mzi/request.php?type=change&amp;student=$student->id";
        $this->assertStringContainsString($address, self::html($student));
        $this->assertStringNotContainsString('request.php', self::html($student, tab::PROFILE, audience::STAFF));
        set_config('show_requests', 0, 'local_mzi');
        $this->assertStringNotContainsString('request.php', self::html($student));
    }

    public function test_the_looks_can_be_chosen_unless_that_is_switched_off(): void {
        $student = $this->generator->student();
        theme_choice::DARK->keep();
        $this->assertSame('local-mzi-dark', theme_choice::current()->body_class());
        $html = self::html($student);
        $this->assertMatchesRegularExpression('~value="dark" aria-pressed="true"~', $html);
        $this->assertStringContainsString('name="sesskey"', $html);

        set_config('show_themetoggle', 0, 'local_mzi');
        $this->assertSame(theme_choice::SITE, theme_choice::current());
        $this->assertStringNotContainsString('local-mzi-theme', self::html($student));
    }
}
