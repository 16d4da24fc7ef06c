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

use local_mzi\local\brake_mode;

/**
 * The log of writes, and its pruning.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\sync_log
 * @covers     \local_mzi\repository\sync_log_repository
 * @covers     \local_mzi\task\prune_sync_log
 */
final class sync_log_test extends \advanced_testcase {
    public function test_each_outcome_but_unchanged_leaves_a_line_without_values(): void {
        global $DB;
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(4102444800);
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $generator->apply('students', [
            $generator->record('students', '1', ['first_name' => 'CANARY']),
            $generator->record('students', '2', ['first_name' => 'CANARY', 'birth_date' => 'CANARY', 'CANARY' => 'CANARY']),
            $generator->record('students', 'CANARY CANARY', ['canary value' => 'CANARY']),
            'CANARY',
        ]);
        $generator->upsert('students', '1', ['first_name' => 'CANARY']);
        $generator->upsert('students', '1', ['first_name' => 'CANARY', 'modified_time' => 1]);
        $generator->upsert('students', '1', ['first_name' => 'CANARY2']);
        $generator->delete_all('students', ['1'], 5000, brake_mode::HOLD);
        $generator->delete('students', '1', 5000);

        $lines = array_values($DB->get_records('local_mzi_sync_log', null, 'id'));
        $this->assertSame(
            [
                ['upsert', 'students', '1', 'inserted', 'ok', null, null],
                ['upsert', 'students', '2', 'rejected', 'error', 'invalid_value', 'birth_date: invalid_value, ?: unknown_field'],
                [
                    'upsert', 'students', null, 'rejected', 'error',
                    'invalid_value', 'zoho_student_id: invalid_value, ?: unknown_field',
                ],
                ['upsert', 'students', null, 'rejected', 'error', 'wrong_type', 'wrong_type'],
                ['upsert', 'students', '1', 'stale', 'ok', null, null],
                ['upsert', 'students', '1', 'updated', 'ok', null, null],
                ['delete', 'students', '1', 'held', 'ok', null, null],
                ['delete', 'students', '1', 'deleted', 'ok', null, null],
            ],
            array_map(fn($line) => [
                $line->event_type, $line->module, $line->zoho_record_id, $line->action, $line->status,
                $line->error_code, $line->error_message,
            ], $lines)
        );
        $this->assertStringNotContainsStringIgnoringCase('canary', json_encode($lines));
        $this->assertEquals(4102444800, $lines[0]->timecreated);
        $this->assertGreaterThanOrEqual(0, (int) $lines[0]->processing_time);
    }

    public function test_a_record_with_very_many_faults_can_be_logged(): void {
        global $DB;
        $this->resetAfterTest();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        $criteria = array_map(fn(int $n) => ['code' => "P$n", 'level' => 1], range(1, 200));

        $this->assertSame('rejected', $generator->upsert('units', '1', ['criteria' => $criteria]));
        $this->assertSame(1333, \core_text::strlen($DB->get_field('local_mzi_sync_log', 'error_message', [])));
    }

    public function test_old_lines_are_pruned_and_only_old_ones(): void {
        global $DB;
        $this->resetAfterTest();
        $clock = $this->mock_clock_with_frozen(4102444800);
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        set_config('synclogretention', 10, 'local_mzi');
        $generator->upsert('programs', '1');
        $clock->bump(10 * DAYSECS);
        $generator->upsert('programs', '2');

        $prune = fn() => (new \local_mzi\task\prune_sync_log())->execute();
        $prune();
        $this->assertSame(2, $DB->count_records('local_mzi_sync_log'));
        $clock->bump(1);
        $prune();
        $this->assertSame(['2'], $DB->get_fieldset('local_mzi_sync_log', 'zoho_record_id'));

        set_config('synclogretention', 0, 'local_mzi');
        $clock->bump(1000 * DAYSECS);
        $this->expectOutputRegex('/no line of the sync log is deleted/');
        $prune();
        $this->assertSame(1, $DB->count_records('local_mzi_sync_log'));
    }
}
