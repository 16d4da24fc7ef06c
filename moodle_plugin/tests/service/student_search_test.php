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

use local_mzi\external\search_students;
use local_mzi\local\student;
use local_mzi\output\search_page;
use local_mzi\output\search_results;

/**
 * The search for students by staff.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\student_search
 * @covers     \local_mzi\repository\student_search_repository
 * @covers     \local_mzi\external\search_students
 * @covers     \local_mzi\output\search_results
 * @covers     \local_mzi\output\search_page
 * @covers     \local_mzi\local\search_result
 */
final class student_search_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * The numbers of the students that are found.
     *
     * @param string $query
     * @return string[]
     */
    private static function found(string $query): array {
        $result = \core\di::get(student_search::class)->find($query, 0);
        self::assertCount($result->total, $result->students);
        return array_map(fn(student $student) => $student->number, $result->students);
    }

    /**
     * Makes students with the numbers S1, S2, …
     *
     * @param array[] $students columns
     */
    private function make(array ...$students): void {
        foreach ($students as $index => $values) {
            $this->generator->student($values + ['student_id' => 'S' . ($index + 1), 'display_name' => null]);
        }
    }

    public function test_words_are_found_in_name_number_and_address_in_any_order(): void {
        $this->make(
            ['display_name' => 'Ada Example', 'academic_email' => 'ada@students.example.org'],
            ['first_name' => 'Ada', 'last_name' => 'Sample'],
            ['display_name' => 'Bob Example', 'student_id' => 'BTEC-2026-0042'],
        );

        $this->assertSame(['S1', 'S2'], self::found('ada'));
        $this->assertSame(['S1'], self::found('example ada'));
        $this->assertSame(['S1'], self::found('xampl ADA'));
        $this->assertSame(['S2'], self::found('  sample   ada '));
        $this->assertSame(['BTEC-2026-0042'], self::found('2026-0042'));
        $this->assertSame(['BTEC-2026-0042'], self::found('٠٠٤٢'));
        $this->assertSame(['S1'], self::found('ADA@students'));
        $this->assertSame([], self::found('ada bob'));
        $this->assertSame([], self::found('aexample'));
    }

    public function test_accents_and_arabic_spellings_do_not_matter(): void {
        $this->make(
            ['display_name' => 'Zoë Müller'],
            ['display_name' => 'أحمد مصطفى'],
            ['display_name' => 'فاطمة علي'],
        );

        $this->assertSame(['S1'], self::found('zoe MULLER'));
        $this->assertSame(['S1'], self::found('ZOË müll'));
        $this->assertSame(['S2'], self::found('احمد مصطفي'));
        $this->assertSame(['S2'], self::found('أحمد'));
        $this->assertSame(['S2'], self::found('إحمد'));
        $this->assertSame(['S3'], self::found('فاطمه'));
        $this->assertSame(['S3'], self::found("\u{200F}فاطمة\u{200F} على"));
    }

    public function test_wildcards_and_quotes_are_letters_like_others(): void {
        $this->make(
            ['display_name' => '100% Real'],
            ['display_name' => "O'Under_Score"],
            ['display_name' => 'Back\\Slash'],
            ['display_name' => 'Plain Name'],
        );

        $this->assertSame(['S1'], self::found('%'));
        $this->assertSame(['S2'], self::found('_'));
        $this->assertSame(['S2'], self::found("o'under"));
        $this->assertSame(['S3'], self::found('k\\s'));
        $this->assertSame(['S3'], self::found('\\'));
        $this->assertSame([], self::found('l\\a'));
        $this->assertSame([], self::found("' OR 1=1 --"));
        $this->assertSame([], self::found(':word0 ?'));
    }

    public function test_deleted_students_are_not_found(): void {
        $this->make(['display_name' => 'Ada Example'], ['display_name' => 'Ada Sample']);
        $this->generator->delete('students', '4800000000000000001', 3000);

        $this->assertSame(['S2'], self::found('ada'));
        $this->assertSame(['S2'], self::found(''));
    }

    public function test_pages_hold_25_in_the_order_of_names_and_it_takes_one_query(): void {
        global $DB;
        for ($number = 60; $number >= 1; $number--) {
            $this->generator->student(['display_name' => sprintf('Ada %03d', $number), 'student_id' => "N$number"]);
        }
        $search = \core\di::get(student_search::class);
        $before = $DB->perf_get_reads();
        $second = $search->find('ada', 1);

        $this->assertSame(1, $DB->perf_get_reads() - $before);
        $this->assertSame([60, 1, 3, 25], [$second->total, $second->page, $second->pages(), count($second->students)]);
        $this->assertSame(['Ada 026', 'Ada 050'], [$second->students[0]->displayname, $second->students[24]->displayname]);
        $this->assertSame([2, 10], [$search->find('ada', 99)->page, count($search->find('ada', 99)->students)]);
        $this->assertSame([2, 60], [$search->find('ada', PHP_INT_MAX)->page, $search->find('ada', PHP_INT_MAX)->total]);
        $this->assertSame(0, $search->find('ada', -5)->page);
        $this->assertSame([0, 1], [$search->find('nobody', 7)->page, $search->find('nobody', 7)->pages()]);
    }

    public function test_a_query_without_end_is_cut(): void {
        $this->make(['display_name' => 'a b c d e f g h']);

        $this->assertSame(['S1'], self::found('a b c d e f g h nobody'));
        $this->assertSame([], self::found(str_repeat('a', 100000)));
        $this->assertSame(200, strlen(\core\di::get(student_search::class)->find(str_repeat('a', 1000), 0)->query));
    }

    public function test_the_function_gives_links_and_raw_text_to_staff(): void {
        $this->setAdminUser();
        $name = "<script>alert(1)</script> \u{1F600} \u{200F}محمد";
        $student = $this->generator->student(['display_name' => $name, 'academic_email' => null]);
        $result = \core_external\external_api::clean_returnvalue(
            search_students::execute_returns(),
            search_students::execute('script')
        );

        $this->assertSame([1, 0, false], [$result['total'], $result['page'], $result['ispaged']]);
        $this->assertSame([$name, ''], [$result['students'][0]['name'], $result['students'][0]['email']]);
        $this->assertStringContainsString("student={$student->id}", $result['students'][0]['url']);
        $this->assertSame('1 to 1 of 1 students', $result['summary']);
    }

    public function test_only_staff_may_search(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        $this->generator->student([], (int) $user->id);
        $teacher = $this->getDataGenerator()->create_and_enrol($this->getDataGenerator()->create_course(), 'editingteacher');
        foreach ([$user, $teacher, guest_user()] as $who) {
            $this->setUser($who);
            try {
                search_students::execute('');
                $this->fail("user {$who->id} may search");
            } catch (\required_capability_exception | \require_login_exception $refusal) {
                $this->assertNotEmpty($refusal->errorcode);
            }
        }
        $manager = $this->getDataGenerator()->create_user();
        role_assign($DB->get_field('role', 'id', ['shortname' => 'manager']), $manager->id, \core\context\system::instance());
        $this->setUser($manager);
        $this->assertSame(1, search_students::execute('')['total']);
    }

    public function test_the_page_escapes_names_and_the_query_and_works_as_a_form(): void {
        global $OUTPUT;
        for ($number = 1; $number <= 26; $number++) {
            $this->generator->student(['display_name' => "<b>Ada $number</b>"]);
        }
        $result = \core\di::get(student_search::class)->find('"><b>', 0);
        $html = $OUTPUT->render(new search_page($result));
        $this->assertStringContainsString('value="&quot;&gt;&lt;b&gt;"', $html);

        $html = $OUTPUT->render(new search_page(\core\di::get(student_search::class)->find('ada', 0)));
        $this->assertStringNotContainsString('<b>', $html);
        $this->assertStringContainsString('&lt;b&gt;Ada', $html);
        $this->assertStringContainsString('name="page" value="1"', $html);
        $this->assertStringNotContainsString('name="page" value="0"', $html);
        $this->assertStringContainsString('1 to 25 of 26 students', $html);
    }

    public function test_a_student_without_any_name_can_still_be_opened(): void {
        global $PAGE;
        $student = $this->generator->student(['display_name' => ' ', 'student_id' => null]);
        $result = \core\di::get(student_search::class)->find('', 0);
        $lines = (new search_results($result))->export_for_template($PAGE->get_renderer('core'))['students'];

        $this->assertSame($student->zohoid, $lines[0]['name']);
    }
}
