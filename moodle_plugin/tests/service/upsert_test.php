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

use local_mzi\entity\registry;
use local_mzi\local\action;
use local_mzi\local\row_result;
use local_mzi\local\write_options;

/**
 * What a batch does to the tables.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\upsert
 * @covers     \local_mzi\service\decision
 * @covers     \local_mzi\repository\entity_repository
 * @covers     \local_mzi\repository\child_repository
 * @covers     \local_mzi\repository\bulk_writer
 */
final class upsert_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * A stored row.
     *
     * @param string $entity
     * @param string $id
     * @return \stdClass
     */
    private function row(string $entity, string $id): \stdClass {
        global $DB;
        $definition = registry::get($entity);
        return $DB->get_record($definition->table, [$definition->key => $id], '*', MUST_EXIST);
    }

    /**
     * Version and read time of a stored programme.
     *
     * @param string $id
     * @return array
     */
    private function versions(string $id): array {
        $row = $this->row('programs', $id);
        return [$row->modified_time, $row->synced_at];
    }

    /**
     * Every entity.
     *
     * @return array
     */
    public static function entities(): array {
        return array_combine(registry::names(), array_map(fn(string $name) => [$name], registry::names()));
    }

    /**
     * A record with all columns comes back as it was sent.
     *
     * @dataProvider entities
     * @param string $entity
     */
    public function test_every_column_comes_back_as_it_was_sent(string $entity): void {
        $definition = registry::get($entity);
        $samples = ['int' => 7, 'bool' => 1, 'date' => '2024-02-29', 'datetime' => 1700000000, 'money' => '-1250.05'];
        $sample = fn($column) => match ($column->type->value) {
            'text' => \core_text::substr("نص \"'\\?:name {$column->name} 😀 " . str_repeat('é', 1333), 0, $column->length ?: 5000),
            'json' => [['Field_Name' => 'City', 'empty' => (object) [], 'none' => null]],
            default => $samples[$column->type->value],
        };
        $sent = array_map($sample, $definition->columns);
        unset($sent['moodle_user_id']);
        foreach ($definition->children as $name => $child) {
            $sent[$name] = array_map(fn($key) => [$child->key->name => $key] + array_map($sample, $child->columns), ['B2', 'A1']);
        }

        $this->assertSame('inserted', $this->generator->upsert($entity, '5725767000000000001', $sent));

        $stored = \core\di::get(stored_rows::class)->export($definition, ['5725767000000000001']);
        $stored = json_decode(json_encode($stored), true)[0];
        foreach (json_decode(json_encode($sent), true) as $name => $value) {
            $got = isset($definition->children[$name])
                ? array_map(fn($row, $wanted) => array_intersect_key($row, $wanted), $stored[$name], $value)
                : $stored[$name];
            $this->assertEquals($value, $got, $name);
            $this->assertSame(gettype($value), gettype($got), $name);
        }
        $this->assertSame('5725767000000000001', $stored[$definition->key]);
    }

    public function test_a_stale_write_never_wins(): void {
        $this->generator->upsert('programs', '1', ['name' => 'New', 'modified_time' => 1000]);

        $this->assertSame('stale', $this->generator->upsert('programs', '1', ['name' => 'Old', 'modified_time' => 999]));
        $this->assertSame('New', $this->row('programs', '1')->name);
    }

    public function test_an_equal_version_is_accepted(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000]);

        $this->assertSame('updated', $this->generator->upsert('programs', '1', ['name' => 'B', 'modified_time' => 1000]));
        $this->assertSame('B', $this->row('programs', '1')->name);
    }

    public function test_of_two_contents_of_one_version_the_one_read_later_wins(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000, 'read_time' => 2000]);

        $earlier = ['name' => 'B', 'modified_time' => 1000, 'read_time' => 1999];
        $this->assertSame('stale', $this->generator->upsert('programs', '1', $earlier));
        $this->assertSame('A', $this->row('programs', '1')->name);
        $later = ['name' => 'C', 'modified_time' => 1000, 'read_time' => 2001];
        $this->assertSame('updated', $this->generator->upsert('programs', '1', $later));
    }

    public function test_a_higher_version_wins_though_it_was_read_earlier(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000, 'read_time' => 2000]);

        $record = ['name' => 'B', 'modified_time' => 1001, 'read_time' => 1999];
        $this->assertSame('updated', $this->generator->upsert('programs', '1', $record));
        $this->assertEquals([1001, 1999], $this->versions('1'));
    }

    public function test_an_unchanged_record_of_known_versions_writes_nothing(): void {
        global $DB;
        $this->generator->upsert('programs', '1', ['name' => 'A']);
        $before = $this->row('programs', '1');
        $this->mock_clock_with_frozen(4102444800);
        $writes = $DB->perf_get_writes();

        $this->assertSame('unchanged', $this->generator->upsert('programs', '1', ['name' => 'A', 'read_time' => 1999]));
        $this->assertSame($writes, $DB->perf_get_writes());
        $this->assertEquals($before, $this->row('programs', '1'));
    }

    public function test_an_unchanged_record_raises_the_versions_and_nothing_else(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000, 'read_time' => 2000]);
        $before = $this->row('programs', '1');
        $this->mock_clock_with_frozen(4102444800);

        $again = ['name' => 'A', 'modified_time' => 1500, 'read_time' => 1900];
        $this->assertSame('unchanged', $this->generator->upsert('programs', '1', $again));
        $this->assertEquals([1500, 2000], $this->versions('1'));
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1500, 'read_time' => 2500]);
        $after = (array) $this->row('programs', '1');
        $this->assertEquals(['modified_time' => 1500, 'synced_at' => 2500], array_diff_assoc($after, (array) $before));
    }

    public function test_a_late_older_write_is_stale_behind_an_unchanged_one(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000]);
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 3000]);

        $this->assertSame('stale', $this->generator->upsert('programs', '1', ['name' => 'B', 'modified_time' => 2000]));
    }

    public function test_a_rewrite_restores_what_was_altered_here_and_lowers_no_version(): void {
        global $DB;
        $this->generator->upsert('units', '1', ['name' => 'A', 'criteria' => [['code' => 'P1']], 'read_time' => 2000]);
        $DB->set_field('local_mzi_units', 'name', 'altered', []);
        $DB->delete_records('local_mzi_unit_criteria');
        $record = $this->generator->record('units', '1', ['name' => 'A', 'criteria' => [['code' => 'P1']], 'read_time' => 1900]);

        $this->assertSame('unchanged', $this->generator->apply('units', [$record])[0]->action->value);
        $repaired = $this->generator->apply('units', [$record], new write_options(rewrite: true));

        $this->assertSame('updated', $repaired[0]->action->value);
        $this->assertSame(['A', '2000'], [$this->row('units', '1')->name, (string) $this->row('units', '1')->synced_at]);
        $this->assertSame(1, $DB->count_records('local_mzi_unit_criteria'));
    }

    public function test_a_rewrite_is_stale_like_any_other_write(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000]);
        $record = $this->generator->record('programs', '1', ['name' => 'A', 'modified_time' => 999]);

        $results = $this->generator->apply('programs', [$record], new write_options(rewrite: true));

        $this->assertSame('stale', $results[0]->action->value);
    }

    public function test_an_absent_column_is_left_alone_and_null_clears(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'award' => 'HND', 'price' => '10.00', 'moodle_category_id' => 4]);

        $this->generator->upsert('programs', '1', ['award' => null, 'price' => '0.00']);

        $row = $this->row('programs', '1');
        $this->assertSame('A', $row->name);
        $this->assertNull($row->award);
        $this->assertEquals(0, $row->price);
        $this->assertEquals(4, $row->moodle_category_id);
    }

    public function test_rows_of_one_batch_may_have_different_columns(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'level' => '4']);
        $this->generator->upsert('programs', '2', ['name' => 'B', 'level' => '5']);

        $results = $this->generator->apply('programs', [
            $this->generator->record('programs', '1', ['name' => 'A2']),
            $this->generator->record('programs', '2', ['level' => null]),
            $this->generator->record('programs', '3', ['award' => 'HNC']),
        ]);

        $this->assertSame(['updated', 'updated', 'inserted'], array_map(fn($result) => $result->action->value, $results));
        $this->assertSame(['A2', '4'], [$this->row('programs', '1')->name, $this->row('programs', '1')->level]);
        $this->assertSame(['B', null], [$this->row('programs', '2')->name, $this->row('programs', '2')->level]);
        $this->assertSame('HNC', $this->row('programs', '3')->award);
    }

    public function test_an_empty_text_is_not_null(): void {
        $this->generator->upsert('programs', '1', ['name' => '']);

        $this->assertSame('', $this->row('programs', '1')->name);
    }

    public function test_versions_and_times_are_kept(): void {
        $clock = $this->mock_clock_with_frozen(4102444800);
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 10, 'read_time' => 20]);
        $clock->bump(5);
        $this->generator->upsert('programs', '1', ['name' => 'B', 'modified_time' => 11, 'read_time' => 21]);

        $row = $this->row('programs', '1');
        $this->assertEquals([11, 21], [$row->modified_time, $row->synced_at]);
        $this->assertEquals([4102444800, 4102444805], [$row->timecreated, $row->timemodified]);
    }

    public function test_a_late_update_does_not_bring_a_deleted_record_back(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'read_time' => 2000]);
        $this->generator->delete('programs', '1', 3000);

        $late = ['name' => 'B', 'modified_time' => 5000, 'read_time' => 3000];
        $this->assertSame('stale', $this->generator->upsert('programs', '1', $late));
        $this->assertSame(['A', '3000'], [$this->row('programs', '1')->name, (string) $this->row('programs', '1')->deleted_at]);
    }

    public function test_a_record_read_after_its_deletion_lifts_the_tombstone_whatever_its_version(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000]);
        $this->generator->delete('programs', '1', 3000);

        $restored = ['name' => 'A', 'modified_time' => 900, 'read_time' => 3001];
        $this->assertSame('updated', $this->generator->upsert('programs', '1', $restored));
        $row = $this->row('programs', '1');
        $this->assertNull($row->deleted_at);
        $this->assertEquals([900, 3001], [$row->modified_time, $row->synced_at]);
    }

    public function test_a_tombstone_of_an_unseen_record_holds_and_can_be_lifted(): void {
        $this->assertSame('deleted', $this->generator->delete('programs', '1', 3000));

        $this->assertSame('stale', $this->generator->upsert('programs', '1', ['name' => 'A', 'read_time' => 2999]));
        $this->assertSame('updated', $this->generator->upsert('programs', '1', ['name' => 'A', 'read_time' => 3001]));
        $this->assertSame('A', $this->row('programs', '1')->name);
    }

    public function test_children_are_replaced_as_a_set_and_keep_their_order(): void {
        global $DB;
        $list = fn(string ...$ids) => array_map(fn($id) => ['zoho_installment_id' => $id, 'amount' => '1.00'], $ids);
        $this->generator->upsert('registrations', '1', ['installments' => $list('30', '10', '20')]);
        $this->generator->upsert('registrations', '2', ['installments' => $list('40')]);

        $this->generator->upsert('registrations', '1', ['installments' => $list('20', '50')]);

        $of = fn(string $id) => array_values($DB->get_records_menu(
            'local_mzi_installments',
            ['zoho_registration_id' => $id],
            'sortorder',
            'sortorder, zoho_installment_id'
        ));
        $this->assertSame(['20', '50'], $of('1'));
        $this->assertSame(['40'], $of('2'));
    }

    public function test_an_absent_list_is_left_alone_and_an_empty_one_clears(): void {
        global $DB;
        $this->generator->upsert('units', '1', ['criteria' => [['code' => 'P1', 'description' => 'Explain']]]);

        $this->generator->upsert('units', '1', ['name' => 'Unit']);
        $this->assertSame(1, $DB->count_records('local_mzi_unit_criteria'));

        $this->generator->upsert('units', '1', ['name' => 'Unit', 'criteria' => []]);
        $this->assertSame(0, $DB->count_records('local_mzi_unit_criteria'));
    }

    public function test_a_stale_record_leaves_the_children_alone(): void {
        global $DB;
        $this->generator->upsert('units', '1', ['criteria' => [['code' => 'P1']]]);

        $this->generator->upsert('units', '1', ['criteria' => [], 'modified_time' => 1]);

        $this->assertSame(1, $DB->count_records('local_mzi_unit_criteria'));
    }

    public function test_the_same_child_id_under_two_records_is_no_clash(): void {
        global $DB;
        $list = ['installments' => [['zoho_installment_id' => '7']]];

        $this->generator->upsert('registrations', '1', $list);
        $this->generator->upsert('registrations', '2', $list);

        $this->assertSame(2, $DB->count_records('local_mzi_installments'));
    }

    public function test_a_child_may_come_before_its_parent(): void {
        $this->assertSame('inserted', $this->generator->upsert('payments', '1', ['zoho_student_id' => '99', 'amount' => '5.00']));
    }

    public function test_one_bad_record_never_fails_its_batch(): void {
        $results = $this->generator->apply('programs', [
            $this->generator->record('programs', '1', ['name' => 'A']),
            $this->generator->record('programs', '2', ['name' => 5]),
            'not an object',
            $this->generator->record('programs', '3', ['name' => 'C']),
        ]);

        $this->assertSame(
            ['inserted', 'rejected', 'rejected', 'inserted'],
            array_map(fn(row_result $result) => $result->action->value, $results)
        );
        $this->assertSame(['1', '2', '', '3'], array_map(fn(row_result $result) => $result->id, $results));
        $this->assertSame('C', $this->row('programs', '3')->name);
    }

    public function test_the_second_of_two_records_with_one_id_is_refused(): void {
        $results = $this->generator->apply('programs', [
            $this->generator->record('programs', 'a1', ['name' => 'A']),
            $this->generator->record('programs', 'A1', ['name' => 'B']),
        ]);

        $this->assertSame([action::INSERTED, action::REJECTED], array_map(fn($result) => $result->action, $results));
        $this->assertSame('duplicate', $results[1]->faults[0]->code->value);
        $this->assertSame('A', $this->row('programs', 'a1')->name);
    }

    public function test_an_empty_batch_is_fine(): void {
        $this->assertSame([], $this->generator->apply('students', []));
    }

    /**
     * What a batch may consist of.
     *
     * @return array
     */
    public static function batches(): array {
        return ['persons' => ['students'], 'with children' => ['registrations'], 'plain' => ['payments']];
    }

    /**
     * Ten records and two hundred cost the same number of statements.
     *
     * @dataProvider batches
     * @param string $entity
     */
    public function test_a_batch_of_any_size_takes_the_same_number_of_statements(string $entity): void {
        global $DB;
        $lists = array_map(
            fn($child) => array_map(fn($key) => [$child->key->name => $key], ['A', 'B']),
            registry::get($entity)->children
        );
        $text = $entity === 'students' ? 'academic_email' : 'currency';
        set_config('brake_minimum', 1000, 'local_mzi');
        $options = new write_options(closing: [$text => ['CCC']]);
        $cost = function (int $count, string $prefix, string $value, int $at) use ($DB, $entity, $lists, $text, $options): int {
            $versions = ['modified_time' => $at, 'read_time' => $at];
            $records = array_map(
                fn(int $n) => $this->generator->record($entity, "$prefix$n", [$text => $value] + $lists + $versions),
                range(1, $count)
            );
            $before = $DB->perf_get_queries();
            $results = $this->generator->apply($entity, $records, $options);
            $after = $DB->perf_get_queries();
            $this->assertCount(1, array_unique(array_map(fn($result) => $result->action->value, $results)));
            return $after - $before;
        };
        $cost(1, 'warm', 'AAA', 0);
        $cost(1, 'warm', 'CCC', 0);

        $steps = ['insert' => 'AAA', 'update' => 'BBB', 'nothing' => 'BBB', 'raise' => 'BBB', 'close' => 'CCC'];
        foreach (array_keys($steps) as $at => $step) {
            $at = $step === 'nothing' ? $at - 1 : $at;
            $this->assertSame($cost(10, 'few', $steps[$step], $at), $cost(200, 'many', $steps[$step], $at), $step);
        }
    }

    public function test_a_batch_too_large_for_one_statement_is_still_written_whole(): void {
        global $DB;
        $records = fn(string $letter) => array_map(
            fn(int $n) => $this->generator->record('programs', "$n", ['description' => str_repeat($letter, 1_500_000)]),
            range(1, 6)
        );

        $this->generator->apply('programs', $records('a'));
        $this->generator->apply('programs', $records('b'));

        $descriptions = $DB->get_fieldset('local_mzi_programs', 'description');
        $this->assertSame(array_fill(0, 6, md5(str_repeat('b', 1_500_000))), array_map('md5', $descriptions));
    }

    public function test_the_largest_batch_goes_through(): void {
        global $DB;
        $records = fn(string $name) => array_map(
            fn(int $n) => $this->generator->record('programs', "$n", ['name' => "$name $n"]),
            range(1, contract::MAX_RECORDS)
        );

        $this->generator->apply('programs', $records('First'));
        $this->generator->apply('programs', $records('Second'));

        $this->assertSame(contract::MAX_RECORDS, $DB->count_records('local_mzi_programs'));
        $this->assertSame('Second 500', $this->row('programs', '500')->name);
    }

    public function test_local_columns_survive_an_update(): void {
        global $DB;
        $this->generator->upsert('grades', '1', ['grade' => 'P']);
        $DB->set_field('local_mzi_grades', 'acknowledged_at', 1234, ['zoho_grade_id' => '1']);

        $this->generator->upsert('grades', '1', ['grade' => 'M']);

        $this->assertEquals(1234, $this->row('grades', '1')->acknowledged_at);
    }

    public function test_requests_without_a_crm_id_do_not_get_in_the_way(): void {
        global $DB;
        foreach (['R-1', 'R-2'] as $number) {
            $DB->insert_record('local_mzi_requests', ['request_number' => $number, 'status' => 'Draft', 'moodle_user_id' => 2]);
        }

        $this->assertSame('inserted', $this->generator->upsert('requests', '1', ['details' => [['Field_Name' => 'City']]]));
        $this->assertSame(3, $DB->count_records('local_mzi_requests'));
    }
}
