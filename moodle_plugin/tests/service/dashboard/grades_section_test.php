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

namespace local_mzi\service\dashboard;

use local_mzi\local\audience;
use local_mzi\local\student;
use local_mzi\output\grades_tab;

/**
 * What the tab Grades knows and shows.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\dashboard\grades_section
 * @covers     \local_mzi\output\grades_tab
 * @covers     \local_mzi\repository\grade_repository
 */
final class grades_section_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var student who has grades */
    private student $student;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $this->student = $this->generator->student();
        $this->grade('g1', ['unit_name' => 'Law', 'grade' => 'R', 'attempt_number' => 1, 'feedback' => 'Say more']);
        $this->grade('g2', ['unit_name' => 'Law', 'grade' => 'M', 'attempt_number' => 2, 'outcomes' => [
            ['zoho_outcome_id' => 'o1', 'code' => 'LO1', 'score' => 'Achieved'],
            ['zoho_outcome_id' => 'o2', 'code' => 'LO2', 'score' => 'Not yet'],
        ]]);
        $this->grade('g3', [
            'unit_name' => 'Secret unit', 'grade' => 'D', 'title' => 'Secret title', 'feedback' => 'Secret feedback',
            'grade_status' => 'Ready for release', 'outcomes' => [['zoho_outcome_id' => 'o3', 'code' => 'Secret outcome']],
        ]);
    }

    /**
     * Writes a grade of the student.
     *
     * @param string $id
     * @param array $values
     */
    private function grade(string $id, array $values): void {
        $this->generator->upsert('grades', $id, $values + [
            'zoho_student_id' => $this->student->zohoid,
            'grade_status' => 'Released',
        ]);
    }

    /**
     * The data of the tab.
     *
     * @param audience $audience
     * @return array
     */
    private function data(audience $audience = audience::STUDENT): array {
        return \core\di::get(grades_section::class)->data($this->student, $audience);
    }

    /**
     * The tab as HTML.
     *
     * @param audience $audience
     * @return string
     */
    private function html(audience $audience = audience::STUDENT): string {
        global $PAGE;
        $PAGE->set_url('/local/mzi/index.php');
        return $PAGE->get_renderer('core')->render(new grades_tab($this->data($audience), $this->student, $audience));
    }

    public function test_what_is_not_released_leaves_no_trace_in_a_students_data(): void {
        $data = $this->data();

        $this->assertStringNotContainsString('Secret', json_encode($data));
        $this->assertStringNotContainsString('Secret', $this->html());
        $this->assertSame(['D' => 0, 'M' => 1, 'P' => 0, 'R' => 0], $data['counts']);
        $this->assertCount(1, $data['units']);
    }

    public function test_staff_see_it_marked_and_not_counted(): void {
        $data = $this->data(audience::STAFF);
        $units = array_column($data['units'], null, 'unit_name');

        $this->assertSame(['D' => 0, 'M' => 1, 'P' => 0, 'R' => 0], $data['counts']);
        $this->assertFalse($units['Secret unit']['attempts'][0]['released']);
        $this->assertNull($units['Secret unit']['standing']);
        $this->assertStringContainsString(get_string('grades_notreleased', 'local_mzi'), $this->html(audience::STAFF));
        $this->assertStringNotContainsString('acknowledge.php', $this->html(audience::STAFF));
    }

    public function test_another_unreleased_attempt_does_not_hide_the_released_one(): void {
        $this->grade('g4', ['unit_name' => 'Law', 'grade' => 'D', 'attempt_number' => 3, 'grade_status' => 'In Marking']);

        $this->assertSame(['M', 'R'], array_column($this->data()['units'][0]['attempts'], 'grade'));
        $this->assertSame('M', $this->data()['units'][0]['standing']);
        $law = array_column($this->data(audience::STAFF)['units'], null, 'unit_name')['Law'];
        $this->assertSame([['D', 'M', 'R'], 'M'], [array_column($law['attempts'], 'grade'), $law['standing']]);
    }

    public function test_a_deleted_grade_and_one_of_another_are_not_there(): void {
        $this->generator->delete('grades', 'g2', 5000);
        $this->grade('g7', ['zoho_student_id' => $this->generator->student()->zohoid, 'unit_name' => 'Law', 'grade' => 'D']);

        $this->assertSame(['R'], array_column($this->data()['units'][0]['attempts'], 'grade'));
        $this->assertSame(['D' => 0, 'M' => 0, 'P' => 0, 'R' => 1], $this->data()['counts']);
    }

    public function test_without_a_grade_there_is_nothing_to_acknowledge(): void {
        $this->grade('g7', ['unit_name' => 'Art', 'grade' => ' ', 'attempt_number' => 1]);
        $this->grade('g8', ['unit_name' => 'Art', 'grade' => null, 'attempt_number' => 2]);
        $art = array_column($this->data()['units'], null, 'unit_name')['Art'];

        $this->assertSame([false, false], array_column($art['attempts'], 'awaits_acknowledgement'));
    }

    public function test_a_unit_tells_its_attempts_with_feedback_and_outcomes(): void {
        [$second, $first] = $this->data()['units'][0]['attempts'];

        $this->assertSame(['Say more', []], [$first['feedback'], $first['outcomes']]);
        $this->assertSame(['Achieved', 'Not yet'], array_column($second['outcomes'], 'score'));
        $this->assertStringContainsString('Not yet', $this->html());
    }

    public function test_a_score_of_nothing_is_a_score(): void {
        $this->grade('g1', ['modified_time' => 3000, 'read_time' => 4000, 'outcomes' => [
            ['zoho_outcome_id' => 'o8', 'code' => 'LO8', 'score' => '0'],
            ['zoho_outcome_id' => 'o9', 'code' => 'LO9', 'score' => null],
        ]]);
        $outcomes = substr($this->html(), strpos($this->html(), 'LO8'));

        $this->assertSame(1, substr_count($outcomes, '<bdi class="local-mzi-badge">'));
        $this->assertStringContainsString('<bdi class="local-mzi-badge">0</bdi>', $outcomes);
    }

    public function test_the_detail_can_be_switched_off(): void {
        set_config('show_gradedetail', '0', 'local_mzi');

        foreach (audience::cases() as $audience) {
            $attempts = array_merge(...array_column($this->data($audience)['units'], 'attempts'));
            foreach ($attempts as $attempt) {
                $this->assertSame([], array_intersect(['feedback', 'outcomes', 'grader_name'], array_keys($attempt)));
            }
            $this->assertStringNotContainsString('Say more', $this->html($audience));
            $this->assertStringNotContainsString('<details', $this->html($audience));
        }
    }

    public function test_the_average_stands_on_the_page_once_there_are_points(): void {
        $this->assertNull($this->data()['average']);
        $this->assertSame('[]', json_encode($this->data()['points']));
        $this->assertStringNotContainsString(get_string('grades_average', 'local_mzi'), $this->html());

        set_config('gradepoints_m', '3', 'local_mzi');
        set_config('gradepoints_d', '4', 'local_mzi');
        $this->assertSame('3.00', $this->data()['average']);
        $this->assertSame('[{"letter":"D","points":"4.00"},{"letter":"M","points":"3.00"}]', json_encode($this->data()['points']));
        $this->assertStringContainsString('Distinction 4, Merit 3', $this->html());
    }

    public function test_a_grade_waits_until_it_is_acknowledged_and_again_when_it_changes(): void {
        global $DB;
        $waits = fn() => array_column($this->data()['units'][0]['attempts'], 'awaits_acknowledgement', 'grade');
        $this->assertSame(['M' => true, 'R' => true], $waits());

        $DB->set_field('local_mzi_grades', 'acknowledged_at', 1234, ['zoho_grade_id' => 'g2']);
        $DB->set_field('local_mzi_grades', 'acknowledged_grade', 'M', ['zoho_grade_id' => 'g2']);
        $this->assertSame(['M' => false, 'R' => true], $waits());
        $this->assertSame(1234, $this->data()['units'][0]['attempts'][0]['acknowledged_at']);

        $this->grade('g2', ['grade' => 'D', 'modified_time' => 3000, 'read_time' => 4000]);
        $this->assertSame(['D' => true, 'R' => true], $waits());
        $this->assertNull($this->data()['units'][0]['attempts'][0]['acknowledged_at']);
    }

    public function test_words_of_the_crm_are_text_and_no_markup(): void {
        $evil = "<script>alert('x')</script>\u{202E}ايمن 😀";
        $this->grade('g5', [
            'unit_name' => $evil, 'title' => "$evil!", 'grade' => '<b>', 'feedback' => $evil, 'grader_name' => $evil,
            'outcomes' => [['zoho_outcome_id' => 'o9', 'code' => $evil, 'title' => $evil, 'definition' => $evil, 'score' => $evil]],
        ]);
        $html = $this->html();

        $this->assertStringNotContainsString('<script>alert', $html);
        $this->assertStringNotContainsString('<b>', $html);
        $this->assertGreaterThanOrEqual(8, substr_count($html, s($evil)));
    }

    public function test_the_number_of_statements_is_the_same_whatever_the_student_has(): void {
        $count = function (): int {
            global $DB;
            $before = $DB->perf_get_reads();
            $this->data();
            return $DB->perf_get_reads() - $before;
        };
        $few = $count();
        for ($index = 0; $index < 20; $index++) {
            $this->grade("m$index", ['grade' => 'P', 'unit_name' => "U$index", 'outcomes' => [['zoho_outcome_id' => "n$index"]]]);
        }

        $this->assertSame(2, $few);
        $this->assertSame($few, $count());
        $this->assertSame(20, $this->data()['counts']['P']);
    }

    public function test_the_class_says_the_unit_where_the_grade_does_not(): void {
        $this->generator->upsert('classes', 'c1', ['name' => 'Class 7', 'unit_name' => 'Law']);
        $this->grade('g6', ['zoho_class_id' => 'c1', 'grade' => 'P', 'attempt_number' => 3]);

        $this->assertSame(['Class 7', null, null], array_column($this->data()['units'][0]['attempts'], 'class_name'));
    }

    public function test_a_student_without_grades_is_told_so(): void {
        $this->student = $this->generator->student();

        $this->assertStringContainsString(get_string('grades_empty', 'local_mzi'), $this->html());
    }
}
