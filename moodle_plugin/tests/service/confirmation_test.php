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
use local_mzi\local\row_result;

/**
 * What a confirmation does to the tables: what an upsert of an unchanged record does, or nothing.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\confirmation
 * @covers     \local_mzi\service\decision
 * @covers     \local_mzi\entity\user_link
 * @covers     \local_mzi\repository\entity_repository
 */
final class confirmation_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        set_config('event_user_created', 0, 'local_mzi');
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * A record with its key and versions only.
     *
     * @param string $entity
     * @param string $id
     * @param array $values of the whole record, from which the hash follows
     * @return \stdClass
     */
    private function versions(string $entity, string $id, array $values = []): \stdClass {
        $wanted = [registry::get($entity)->key, 'modified_time', 'read_time', 'content_hash'];
        return (object) array_intersect_key((array) $this->generator->record($entity, $id, $values), array_flip($wanted));
    }

    /**
     * Confirms a batch.
     *
     * @param string $entity
     * @param array $records
     * @return string[] what became of them
     */
    private static function confirm(string $entity, array $records): array {
        $results = \core\di::get(confirmation::class)->apply(registry::get($entity), $records);
        $others = array_map(fn(row_result $result) => $result->action->value, $results);
        return array_replace(array_fill(0, count($records), 'unchanged'), $others);
    }

    /**
     * Everything that a write of an entity could touch.
     *
     * @param string $entity
     * @return array
     */
    private static function standing(string $entity): array {
        global $DB;
        return [$DB->get_records("local_mzi_$entity"), $DB->get_records('local_mzi_sync_log')];
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
     * An equal record is confirmed, and what stands is what an upsert would have left.
     *
     * @dataProvider entities
     * @param string $entity
     */
    public function test_a_confirmed_record_stands_as_an_upsert_would_leave_it(string $entity): void {
        $clock = $this->mock_clock_with_frozen(4102444800);
        $user = $this->getDataGenerator()->create_user();
        $link = registry::get($entity)->link ? ['moodle_user_id' => (int) $user->id] : [];
        $this->generator->upsert($entity, '1', $link);
        $this->generator->upsert($entity, '2', $link);
        $again = $link + ['modified_time' => 1500, 'read_time' => 2500];
        $log = self::standing($entity)[1];
        $clock->bump(60);

        $this->assertSame('unchanged', $this->generator->upsert($entity, '1', $again));
        $this->assertSame(['unchanged'], self::confirm($entity, [$this->versions($entity, '2', $again)]));

        $own = array_flip(['id', registry::get($entity)->key, 'content_hash']);
        [$upserted, $confirmed] = array_map(
            fn(\stdClass $row) => array_diff_key((array) $row, $own),
            array_values(self::standing($entity)[0])
        );
        $this->assertEquals($upserted, $confirmed);
        $this->assertEquals([1500, 2500], [$confirmed['modified_time'], $confirmed['synced_at']]);
        $this->assertEquals($log, self::standing($entity)[1]);
    }

    public function test_versions_are_raised_and_never_lowered(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A', 'modified_time' => 1000, 'read_time' => 2000]);
        $steps = [[1500, 1900, 1500, 2000], [1500, 2500, 1500, 2500], [1500, 2400, 1500, 2500]];
        foreach ($steps as [$modified, $read, $modifiedthen, $syncedthen]) {
            $record = $this->versions('programs', '1', ['name' => 'A', 'modified_time' => $modified, 'read_time' => $read]);

            $this->assertSame(['unchanged'], self::confirm('programs', [$record]));

            $row = array_values(self::standing('programs')[0])[0];
            $this->assertEquals([$modifiedthen, $syncedthen], [$row->modified_time, $row->synced_at]);
        }
    }

    public function test_a_record_of_known_versions_writes_nothing(): void {
        global $DB;
        $this->generator->upsert('programs', '1', ['name' => 'A']);
        $record = $this->versions('programs', '1', ['name' => 'A', 'read_time' => 1999]);
        $writes = $DB->perf_get_writes();

        $this->assertSame(['unchanged'], self::confirm('programs', [$record]));
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * What an upsert would not find unchanged, beside the programme A of version 1000, read at 2000.
     *
     * @return array
     */
    public static function differing(): array {
        return [
            'another content' => ['1', ['name' => 'B', 'modified_time' => 1500, 'read_time' => 2500]],
            'another content of the version' => ['1', ['name' => 'B', 'read_time' => 2500]],
            'an older version' => ['1', ['name' => 'A', 'modified_time' => 999, 'read_time' => 2500]],
            'an unknown id' => ['2', ['name' => 'A', 'read_time' => 2500]],
            'a tombstone set before it was read' => ['dead', ['name' => 'A', 'read_time' => 3001]],
            'a tombstone set after it was read' => ['dead', ['name' => 'A', 'read_time' => 2999]],
        ];
    }

    /**
     * Such a record differs, and nothing is done.
     *
     * @dataProvider differing
     * @param string $id
     * @param array $values
     */
    public function test_what_differs_is_left_as_it_was(string $id, array $values): void {
        $this->generator->upsert('programs', '1', ['name' => 'A']);
        $this->generator->upsert('programs', 'dead', ['name' => 'A']);
        $this->generator->delete('programs', 'dead', 3000);
        $before = self::standing('programs');

        $this->assertSame(['differs'], self::confirm('programs', [$this->versions('programs', $id, $values)]));

        $this->assertEquals($before, self::standing('programs'));
    }

    public function test_a_person_without_a_user_differs_until_there_is_one_or_a_person_has_decided(): void {
        $this->setAdminUser();
        $open = $this->generator->student();
        $decided = $this->generator->student();
        \core\di::get(hand_link::class)->unlink($decided->id);
        $linked = $this->generator->student([], (int) $this->getDataGenerator()->create_user()->id);
        $records = [];
        foreach (self::standing('students')[0] as $row) {
            $row->read_time = 4_000_000_000;
            $wanted = ['zoho_student_id', 'modified_time', 'read_time', 'content_hash'];
            $records[$row->zoho_student_id] = json_decode(json_encode(array_intersect_key((array) $row, array_flip($wanted))));
            $records[$row->zoho_student_id]->modified_time = (int) $row->modified_time;
        }
        // Somebody whom an upsert would find: a confirmation does not look.
        $this->getDataGenerator()->create_user(['idnumber' => 'STU-000001']);
        $before = self::standing('students')[0][$open->id];

        $results = self::confirm('students', array_values($records));

        $this->assertSame(
            [$open->zohoid => 'differs', $decided->zohoid => 'unchanged', $linked->zohoid => 'unchanged'],
            array_combine(array_keys($records), $results)
        );
        $this->assertEquals($before, self::standing('students')[0][$open->id]);
        $this->assertEquals(4_000_000_000, self::standing('students')[0][$decided->id]->synced_at);
    }

    public function test_a_faulty_record_is_refused_by_its_fields_and_fails_no_other(): void {
        foreach (['1', '2'] as $id) {
            $this->generator->upsert('programs', $id, ['name' => 'A']);
        }
        $good = fn(string $id) => $this->versions('programs', $id, ['name' => 'A']);
        $faulty = ['content_hash' => 'x'] + (array) $good('2');
        unset($faulty['read_time']);
        $before = self::standing('programs')[1];

        $results = \core\di::get(confirmation::class)->apply(
            registry::get('programs'),
            [(object) $faulty, $good('1'), 'not an object', $good('1')]
        );

        $this->assertSame(
            [0 => 'rejected', 2 => 'rejected', 3 => 'rejected'],
            array_map(fn(row_result $result) => $result->action->value, $results)
        );
        $faults = array_map(
            fn(row_result $result) => array_map(fn($fault) => "$fault->field {$fault->code->value}", $result->faults),
            $results
        );
        $this->assertSame(
            [
                0 => ['read_time required', 'content_hash invalid_value'],
                2 => [' wrong_type'],
                3 => ['zoho_program_id duplicate'],
            ],
            $faults
        );
        $this->assertEquals($before, self::standing('programs')[1]);
    }

    public function test_an_empty_batch_is_fine(): void {
        $this->assertSame([], self::confirm('students', []));
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
        $userid = (int) $this->getDataGenerator()->create_user()->id;
        $values = registry::get($entity)->link ? ['moodle_user_id' => $userid] : [];
        $cost = function (int $count, array $changes) use ($DB, $entity, $values): int {
            $ids = array_map(fn(int $n) => "{$count}N$n", range(1, $count));
            $this->generator->apply($entity, array_map(fn($id) => $this->generator->record($entity, $id, $values), $ids));
            $records = array_map(fn($id) => $this->versions($entity, $id, $changes + $values), $ids);
            $before = $DB->perf_get_queries();
            $results = self::confirm($entity, $records);
            $after = $DB->perf_get_queries();
            $this->assertCount(1, array_unique($results));
            return $after - $before;
        };
        $cost(1, []);

        foreach ([['read_time' => 2000], ['read_time' => 2001], ['read_time' => 2002, 'zoho_x' => 1]] as $changes) {
            $this->assertSame($cost(10, $changes), $cost(200, $changes), json_encode($changes));
        }
    }
}
