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
use local_mzi\local\closing_kind;
use local_mzi\local\row_result;
use local_mzi\local\write_options;
use local_mzi\repository\closings_repository;

/**
 * The brake on closing changes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\brake
 * @covers     \local_mzi\service\decision
 * @covers     \local_mzi\service\deletion
 * @covers     \local_mzi\service\upsert
 * @covers     \local_mzi\local\brake_numbers
 * @covers     \local_mzi\repository\closings_repository
 * @covers     \local_mzi\task\prune_sync_log
 */
final class brake_test extends \advanced_testcase {
    /** What ends a student in these tests. */
    private const CLOSING = ['status' => ['Withdrawn', 'Graduated']];

    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    /** @var \frozen_clock the site's clock */
    private \frozen_clock $clock;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->clock = $this->mock_clock_with_frozen(4102444800);
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * Living students.
     *
     * @param int $count
     * @param int $first number of the first one
     * @return string[] their ids
     */
    private function students(int $count, int $first = 1): array {
        $ids = array_map('strval', range($first, $first + $count - 1));
        $this->give_status($ids, 'Active', new write_options());
        return $ids;
    }

    /**
     * Writes students with a status.
     *
     * @param string[] $ids
     * @param string|null $status
     * @param write_options $options
     * @return string[] what became of them
     */
    private function give_status(array $ids, ?string $status, write_options $options): array {
        $records = array_map(fn(string $id) => $this->generator->record('students', $id, ['status' => $status]), $ids);
        $results = $this->generator->apply('students', $records, $options);
        return array_map(fn(row_result $result) => $result->action->value, $results);
    }

    /**
     * The lines of the table.
     *
     * @return array[]
     */
    private static function lines(): array {
        global $DB;
        return array_map(
            fn(\stdClass $line) => [$line->entity, $line->kind, $line->zoho_record_id],
            array_values($DB->get_records('local_mzi_closings', null, 'id'))
        );
    }

    public function test_of_eleven_deletions_ten_go_through_and_one_is_held(): void {
        global $DB;
        $ids = $this->students(11);

        $actions = $this->generator->delete_all('students', $ids, 5000);

        $this->assertSame([...array_fill(0, 10, 'deleted'), 'held'], $actions);
        $this->assertSame(['11'], $DB->get_fieldset_select('local_mzi_students', 'zoho_student_id', 'deleted_at IS NULL'));
        $this->assertSame(array_map(fn(string $id) => ['students', 'delete', $id], array_slice($ids, 0, 10)), self::lines());
    }

    public function test_a_held_row_keeps_all_it_had(): void {
        global $DB;
        $ids = $this->students(2);
        $before = $DB->get_records('local_mzi_students');

        $hold = new write_options(brake_mode::HOLD, self::CLOSING);
        $this->assertSame(['held', 'held'], $this->give_status($ids, 'Withdrawn', $hold));
        $this->assertSame(['held', 'held'], $this->generator->delete_all('students', $ids, 5000, brake_mode::HOLD));

        $this->assertEquals($before, $DB->get_records('local_mzi_students'));
        $this->assertSame([], self::lines());
    }

    public function test_deletions_and_closing_statuses_are_counted_together_and_calls_too(): void {
        $ids = $this->students(12);
        $options = new write_options(closing: self::CLOSING);

        $this->assertSame(array_fill(0, 4, 'deleted'), $this->generator->delete_all('students', array_slice($ids, 0, 4), 5000));
        $closed = $this->give_status(array_slice($ids, 4), 'Withdrawn', $options);

        $this->assertSame([...array_fill(0, 6, 'updated'), 'held', 'held'], $closed);
        $this->assertSame(['held'], $this->generator->delete_all('students', ['12'], 5000));
    }

    public function test_the_other_rows_of_a_batch_go_through(): void {
        set_config('brake_minimum', 1, 'local_mzi');
        set_config('brake_percent', 0, 'local_mzi');
        $this->students(4);
        $record = fn(string $id, array $values) => $this->generator->record('students', $id, $values);

        $results = $this->generator->apply('students', [
            $record('1', ['status' => 'Withdrawn']),
            $record('2', ['status' => 'Graduated']),
            $record('3', ['status' => 'Active', 'city' => 'Amman']),
            $record('4', ['status' => 'Active']),
            $record('5', ['status' => 'Withdrawn']),
            $record('6', ['status' => 5]),
        ], new write_options(closing: self::CLOSING));

        $this->assertSame(
            ['updated', 'held', 'updated', 'unchanged', 'inserted', 'rejected'],
            array_map(fn(row_result $result) => $result->action->value, $results)
        );
    }

    public function test_only_a_change_from_another_value_to_a_closing_one_closes(): void {
        $ids = $this->students(4);
        $hold = new write_options(brake_mode::HOLD, self::CLOSING);
        $this->give_status(['1'], 'Withdrawn', new write_options());
        $this->give_status(['2'], null, new write_options());

        $this->assertSame(['updated'], $this->give_status(['1'], 'Graduated', $hold));
        $this->assertSame(['updated'], $this->give_status(['1'], 'Active', $hold));
        $this->assertSame(['held'], $this->give_status(['2'], 'Withdrawn', $hold));
        $this->assertSame(['updated'], $this->give_status(['3'], 'withdrawn', $hold));
        $this->assertSame(['inserted'], $this->give_status(['9'], 'Withdrawn', $hold));
        $absent = $this->generator->record('students', $ids[3], ['city' => 'Amman']);
        $this->assertSame('updated', $this->generator->apply('students', [$absent], $hold)[0]->action->value);
    }

    public function test_only_a_tombstone_on_a_living_row_closes(): void {
        $this->students(2);
        $this->generator->delete('students', '1', 5000);

        $actions = $this->generator->delete_all('students', ['1', '2', '77'], 5001, brake_mode::HOLD);

        $this->assertSame(['deleted', 'held', 'deleted'], $actions);
        $this->assertSame([['students', 'delete', '1']], self::lines());
    }

    public function test_a_record_that_comes_back_closed_closes_nothing(): void {
        $this->students(1);
        $this->generator->delete('students', '1', 5000);
        $restored = $this->generator->record('students', '1', ['status' => 'Withdrawn', 'read_time' => 5001]);

        $results = $this->generator->apply('students', [$restored], new write_options(brake_mode::HOLD, self::CLOSING));

        $this->assertSame('updated', $results[0]->action->value);
    }

    public function test_confirmed_changes_go_through_and_do_not_count(): void {
        $ids = $this->students(30);

        $confirmed = new write_options(brake_mode::CONFIRMED, self::CLOSING);
        $this->assertSame(array_fill(0, 8, 'updated'), $this->give_status(array_slice($ids, 0, 8), 'Withdrawn', $confirmed));
        $deleted = $this->generator->delete_all('students', array_slice($ids, 8, 8), 5000, brake_mode::CONFIRMED);
        $this->assertSame(array_fill(0, 8, 'deleted'), $deleted);

        $this->assertSame([], self::lines());
        $actions = $this->generator->delete_all('students', array_slice($ids, 16), 5000);
        $this->assertSame(['deleted' => 10, 'held' => 4], array_count_values($actions));
    }

    public function test_what_was_closed_an_hour_ago_counts_no_more(): void {
        $ids = $this->students(22);
        $this->generator->delete_all('students', array_slice($ids, 0, 10), 5000);

        $this->clock->bump(HOURSECS - 1);
        $this->assertSame(['held'], $this->generator->delete_all('students', ['11'], 5000));
        $this->clock->bump(1);
        $actions = $this->generator->delete_all('students', array_slice($ids, 10), 5000);
        $this->assertSame(['deleted' => 10, 'held' => 2], array_count_values($actions));
    }

    public function test_the_cap_follows_the_living_rows_of_the_entity(): void {
        set_config('brake_minimum', 2, 'local_mzi');
        set_config('brake_percent', 10, 'local_mzi');
        $ids = $this->students(59);
        $this->generator->delete_all('students', array_slice($ids, 0, 9), 5000, brake_mode::CONFIRMED);

        $actions = $this->generator->delete_all('students', array_slice($ids, 9, 10), 5000);

        $this->assertSame(['deleted' => 5, 'held' => 5], array_count_values($actions));
        $this->generator->upsert('units', '1');
        $this->assertSame('deleted', $this->generator->delete('units', '1', 5000));
    }

    public function test_a_cap_that_was_lowered_meanwhile_lets_nothing_through(): void {
        $ids = $this->students(10);
        $this->generator->delete_all('students', array_slice($ids, 0, 5), 5000);
        set_config('brake_minimum', 3, 'local_mzi');

        $this->assertSame(['held'], $this->generator->delete_all('students', ['6'], 5000));
    }

    public function test_a_batch_that_fails_uses_nothing_up(): void {
        global $DB;
        $this->preventResetByRollback();
        $brake = \core\di::get(brake::class);
        $transaction = $DB->start_delegated_transaction();
        $this->assertSame(2, $brake->admit('x', closing_kind::DELETE, ['1', '2'], fn() => 0, brake_mode::ON));
        $brake->release();
        try {
            $transaction->rollback(new \Exception('test'));
        } catch (\Exception) {
            $this->assertSame([], self::lines());
        }
    }

    public function test_a_call_waits_for_its_turn_only_when_it_closes_something(): void {
        global $DB;
        $this->students(2);
        $cost = function (string $status) use ($DB): int {
            $before = $DB->perf_get_queries();
            $this->give_status(['1'], $status, new write_options(closing: self::CLOSING));
            return $DB->perf_get_queries() - $before;
        };
        $cost('Active');

        // Closing adds five statements: take the turn, count the living, count what was closed, add the line, release.
        $this->assertSame($cost('Suspended') + 5, $cost('Withdrawn'));
    }

    public function test_a_turn_that_never_comes_fails_the_call_and_writes_nothing(): void {
        global $CFG, $DB;
        require_once(__DIR__ . '/../fixtures/busy_lock_factory.php');
        $this->preventResetByRollback();
        $this->students(1);
        $CFG->lock_factory = '\local_mzi\fixtures\busy_lock_factory';

        $this->assertSame(['held'], $this->generator->delete_all('students', ['1'], 5000, brake_mode::HOLD));
        try {
            $this->generator->delete('students', '1', 5000);
            $this->fail('It went through without its turn.');
        } catch (\moodle_exception $exception) {
            $this->assertSame('brakebusy', $exception->errorcode);
            $this->assertFalse($DB->record_exists_select('local_mzi_students', 'deleted_at IS NOT NULL'));
        }
    }

    public function test_the_turn_is_over_when_the_call_is(): void {
        $this->students(1);
        $this->generator->delete('students', '1', 5000);

        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_brake')->get_lock('students', 0);
        $this->assertNotFalse($lock);
        $lock->release();
    }

    public function test_closing_changes_that_no_longer_count_are_pruned_though_the_log_is_kept(): void {
        set_config('synclogretention', 0, 'local_mzi');
        $this->students(2);
        $this->generator->delete('students', '1', 5000);
        $this->clock->bump(HOURSECS - 1);
        $this->generator->delete('students', '2', 5000);
        $this->clock->bump(1);

        $this->expectOutputRegex('/no line/');
        (new \local_mzi\task\prune_sync_log())->execute();

        $this->assertSame([['students', 'delete', '2']], self::lines());
        $counts = \core\di::get(closings_repository::class)->counts_after(0);
        $this->assertSame(['students' => 1], $counts);
    }
}
