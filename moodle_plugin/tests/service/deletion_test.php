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

use local_mzi\entity\definition;
use local_mzi\entity\registry;

/**
 * Tombstones.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\deletion
 * @covers     \local_mzi\service\decision
 * @covers     \local_mzi\repository\entity_repository
 */
final class deletion_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    public function test_a_deleted_record_keeps_its_row_and_children(): void {
        global $DB;
        $this->generator->upsert('units', '1', ['name' => 'A', 'criteria' => [['code' => 'P1']]]);

        $this->assertSame('deleted', $this->generator->delete('units', '1', 2000));

        $row = $DB->get_record('local_mzi_units', ['zoho_unit_id' => '1']);
        $this->assertEquals(['A', 2000, 1000, 2000], [$row->name, $row->deleted_at, $row->modified_time, $row->synced_at]);
        $this->assertSame(1, $DB->count_records('local_mzi_unit_criteria'));
    }

    public function test_a_deletion_older_than_the_last_read_is_stale(): void {
        global $DB;
        $this->generator->upsert('units', '1', ['name' => 'A', 'read_time' => 2000]);

        $this->assertSame('stale', $this->generator->delete('units', '1', 1999));
        $this->assertNull($DB->get_field('local_mzi_units', 'deleted_at', ['zoho_unit_id' => '1']));
    }

    public function test_deleting_again_changes_nothing_unless_it_is_newer(): void {
        global $DB;
        $this->generator->delete('units', '1', 2000);

        $this->assertSame('unchanged', $this->generator->delete('units', '1', 2000));
        $this->assertSame('unchanged', $this->generator->delete('units', '1', 1));
        $this->assertSame('deleted', $this->generator->delete('units', '1', 2001));
        $this->assertEquals(2001, $DB->get_field('local_mzi_units', 'deleted_at', ['zoho_unit_id' => '1']));
    }

    public function test_faulty_and_doubled_ids_are_refused_one_by_one(): void {
        $results = \core\di::get(deletion::class)->apply(
            registry::get('units'),
            ['1', '', 5, 'a b', '1', '2', '3', null],
            [10, 10, 10, 10, 11, '10', -1, null]
        );

        $this->assertSame(
            ['deleted', 'rejected', 'rejected', 'rejected', 'rejected', 'rejected', 'rejected', 'rejected'],
            array_map(fn($result) => $result->action->value, $results)
        );
        $this->assertSame(
            [
                [], ['ids required'], ['ids wrong_type'], ['ids invalid_value'], ['ids duplicate'],
                ['versions wrong_type'], ['versions out_of_range'], ['ids required', 'versions required'],
            ],
            array_map(
                fn($result) => array_map(fn($fault) => "{$fault->field} {$fault->code->value}", $result->faults),
                $results
            )
        );
    }

    public function test_a_batch_of_any_size_takes_the_same_number_of_statements(): void {
        global $DB;
        set_config('brake_minimum', 1000, 'local_mzi');
        $cost = function (int $count, string $prefix) use ($DB): int {
            $known = array_map(fn(int $n) => $this->generator->record('units', "{$prefix}known$n"), range(1, $count));
            $this->generator->apply('units', $known);
            $ids = array_merge(...array_map(fn(int $n) => ["{$prefix}known$n", "{$prefix}new$n"], range(1, $count)));
            $before = $DB->perf_get_queries();
            \core\di::get(deletion::class)->apply(registry::get('units'), $ids, array_fill(0, count($ids), 3000));
            return $DB->perf_get_queries() - $before;
        };
        $cost(1, 'warm');

        $this->assertSame($cost(10, 'few'), $cost(200, 'many'));
    }

    public function test_who_follows_an_entity_hears_of_the_tombstones_that_were_set(): void {
        $follower = new class implements write_follower {
            /** @var string[][] what was removed, by call */
            public array $removed = [];

            #[\Override]
            public function columns(): array {
                return [];
            }

            #[\Override]
            public function arriving(definition $definition, array $rows): void {
            }

            #[\Override]
            public function written(array $rows, array $stored): void {
            }

            #[\Override]
            public function removed(array $zohoids): void {
                $this->removed[] = $zohoids;
            }
        };
        \core\di::set(request_follower::class, $follower);
        $this->generator->upsert('requests', '1', ['read_time' => 2000]);
        $this->generator->upsert('requests', '2', ['read_time' => 9000]);

        $this->generator->delete_all('requests', ['1', '2', '3'], 5000);
        $this->generator->delete_all('requests', ['1', '2'], 5000);
        $this->generator->delete_all('units', ['1'], 5000);

        $this->assertSame([['1', '3']], $follower->removed);
    }
}
