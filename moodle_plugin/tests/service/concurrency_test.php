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
use local_mzi\local\request_draft;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\bulk_writer;
use local_mzi\repository\child_repository;
use local_mzi\repository\entity_repository;
use local_mzi\repository\request_repository;

/**
 * Two batches at the same time: the other one commits, by a connection of its own, before ours has locked its rows.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\repository\atomic_batch
 * @covers     \local_mzi\repository\entity_repository
 * @covers     \local_mzi\service\request_submission
 * @covers     \local_mzi\repository\request_repository
 */
final class concurrency_test extends \advanced_testcase {
    /** @var \moodle_database connection of the other batch */
    private \moodle_database $other;

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        parent::setUp();
        $this->resetAfterTest();
        $this->preventResetByRollback();
        $this->other = \moodle_database::get_driver_instance($CFG->dbtype, $CFG->dblibrary);
        $this->other->connect($CFG->dbhost, $CFG->dbuser, $CFG->dbpass, $CFG->dbname, $CFG->prefix, $CFG->dboptions);
    }

    #[\Override]
    protected function tearDown(): void {
        $this->other->dispose();
        parent::tearDown();
    }

    /**
     * A repository that the other batch gets ahead of: it has looked for its rows and not locked them yet.
     *
     * @param callable $meanwhile
     * @return entity_repository
     */
    private function interrupted(callable $meanwhile): entity_repository {
        global $DB;
        $repository = new class ($DB, new bulk_writer($DB)) extends entity_repository {
            /** @var callable|null what happens behind the first look */
            public $meanwhile = null;

            #[\Override]
            protected function local_ids(definition $definition, array $zohoids): array {
                $ids = parent::local_ids($definition, $zohoids);
                $meanwhile = $this->meanwhile;
                $this->meanwhile = null;
                if ($meanwhile) {
                    $meanwhile();
                }
                return $ids;
            }
        };
        $repository->meanwhile = $meanwhile;
        return $repository;
    }

    /**
     * Our batch, with the other one in between.
     *
     * @param string $id
     * @param array $values
     * @param callable $meanwhile
     * @return string what became of our record
     */
    private function upsert(string $id, array $values, callable $meanwhile): string {
        global $DB;
        $upsert = new upsert(
            new atomic_batch($DB),
            $this->interrupted($meanwhile),
            \core\di::get(child_repository::class),
            \core\di::get(user_resolver::class),
            \core\di::get(brake::class),
            \core\di::get(sync_log::class),
            \core\di::get(\core\clock::class)
        );
        $record = $this->getDataGenerator()->get_plugin_generator('local_mzi')->record('units', $id, $values);
        return $upsert->apply(registry::get('units'), [$record])[0]->action->value;
    }

    public function test_a_record_inserted_meanwhile_is_updated(): void {
        global $DB;
        $action = $this->upsert('1', ['name' => 'Ours', 'modified_time' => 20], fn() => $this->other->insert_record(
            'local_mzi_units',
            ['zoho_unit_id' => '1', 'name' => 'Theirs', 'modified_time' => 10]
        ));

        $this->assertSame('updated', $action);
        $this->assertSame(['Ours'], $DB->get_fieldset('local_mzi_units', 'name'));
        $this->assertSame(['updated'], $DB->get_fieldset('local_mzi_sync_log', 'action'));
    }

    public function test_a_record_inserted_meanwhile_and_newer_is_left_alone(): void {
        global $DB;
        $action = $this->upsert('1', ['name' => 'Ours', 'modified_time' => 20], fn() => $this->other->insert_record(
            'local_mzi_units',
            ['zoho_unit_id' => '1', 'name' => 'Theirs', 'modified_time' => 21]
        ));

        $this->assertSame('stale', $action);
        $this->assertSame(['Theirs'], $DB->get_fieldset('local_mzi_units', 'name'));
    }

    public function test_a_newer_version_stored_meanwhile_wins_with_its_children(): void {
        global $DB;
        $id = $DB->insert_record('local_mzi_units', ['zoho_unit_id' => '1', 'name' => 'Old', 'modified_time' => 10]);
        $DB->insert_record('local_mzi_unit_criteria', ['zoho_unit_id' => '1', 'code' => 'THEIRS']);

        $action = $this->upsert(
            '1',
            ['name' => 'Ours', 'modified_time' => 20, 'criteria' => [['code' => 'OURS']]],
            fn() => $this->other->update_record('local_mzi_units', ['id' => $id, 'name' => 'Theirs', 'modified_time' => 21])
        );

        $this->assertSame('stale', $action);
        $this->assertSame('Theirs', $DB->get_field('local_mzi_units', 'name', ['id' => $id]));
        $this->assertSame(['THEIRS'], $DB->get_fieldset('local_mzi_unit_criteria', 'code'));
    }

    public function test_the_same_version_read_later_and_stored_meanwhile_wins(): void {
        global $DB;
        $row = ['zoho_unit_id' => '1', 'name' => 'Old', 'modified_time' => 10, 'synced_at' => 10];
        $id = $DB->insert_record('local_mzi_units', $row);
        $theirs = ['id' => $id, 'name' => 'Theirs', 'modified_time' => 20, 'synced_at' => 31];

        $action = $this->upsert(
            '1',
            ['name' => 'Ours', 'modified_time' => 20, 'read_time' => 30],
            fn() => $this->other->update_record('local_mzi_units', $theirs)
        );

        $this->assertSame('stale', $action);
        $this->assertSame('Theirs', $DB->get_field('local_mzi_units', 'name', ['id' => $id]));
    }

    public function test_an_older_content_stored_meanwhile_makes_an_unchanged_record_an_update(): void {
        global $DB;
        $ours = ['name' => 'Ours', 'modified_time' => 20, 'read_time' => 30];
        $hash = $this->getDataGenerator()->get_plugin_generator('local_mzi')->record('units', '1', $ours)->content_hash;
        $row = ['zoho_unit_id' => '1', 'name' => 'Ours', 'content_hash' => $hash, 'modified_time' => 10];
        $id = $DB->insert_record('local_mzi_units', $row);
        $theirs = ['id' => $id, 'name' => 'Theirs', 'content_hash' => 'x', 'modified_time' => 15];

        $action = $this->upsert('1', $ours, fn() => $this->other->update_record('local_mzi_units', $theirs));

        $this->assertSame('updated', $action);
        $this->assertSame('Ours', $DB->get_field('local_mzi_units', 'name', ['id' => $id]));
    }

    public function test_a_tombstone_set_meanwhile_holds(): void {
        global $DB;
        $id = $DB->insert_record('local_mzi_units', ['zoho_unit_id' => '1', 'name' => 'Old', 'modified_time' => 10]);

        $action = $this->upsert(
            '1',
            ['name' => 'Ours', 'modified_time' => 20, 'read_time' => 30],
            fn() => $this->other->update_record('local_mzi_units', ['id' => $id, 'deleted_at' => 30])
        );

        $this->assertSame('stale', $action);
        $this->assertEquals(30, $DB->get_field('local_mzi_units', 'deleted_at', ['id' => $id]));
    }

    public function test_a_deletion_does_not_hide_a_record_that_was_read_later(): void {
        global $DB;
        $id = $DB->insert_record('local_mzi_units', ['zoho_unit_id' => '1', 'synced_at' => 10]);
        $deletion = new deletion(
            new atomic_batch($DB),
            $this->interrupted(fn() => $this->other->update_record('local_mzi_units', ['id' => $id, 'synced_at' => 40])),
            \core\di::get(brake::class),
            \core\di::get(sync_log::class),
            \core\di::get(\core\clock::class)
        );

        $this->assertSame('stale', $deletion->apply(registry::get('units'), ['1'], [30])[0]->action->value);
        $this->assertNull($DB->get_field('local_mzi_units', 'deleted_at', ['id' => $id]));
    }

    /**
     * Sets how long our connection waits for rows that the other one holds.
     *
     * @param int $seconds
     */
    private static function wait_at_most(int $seconds): void {
        global $DB;
        $ispostgres = $DB->get_dbfamily() === 'postgres';
        $DB->execute($ispostgres ? "SET lock_timeout = '{$seconds}s'" : "SET SESSION innodb_lock_wait_timeout = $seconds");
    }

    public function test_of_two_equal_requests_at_once_the_second_waits_and_finds_the_first(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        $student = $this->getDataGenerator()->get_plugin_generator('local_mzi')->student([], (int) $user->id);
        \core\di::get(request_windows::class)->set([new request_window(request_type::CARD, true)]);
        $this->setUser($user);
        $draft = new request_draft(request_type::CARD, 'Lost it');
        $submit = fn() => \core\di::get(request_submission::class)->submit($student, $draft, random_string(32));
        $transaction = $this->other->start_delegated_transaction();
        (new request_repository($this->other, new bulk_writer($this->other)))->take_turns($student);
        $theirs = $this->other->insert_record('local_mzi_requests', [
            'request_number' => 'M-900000',
            'zoho_student_id' => $student->zohoid,
            'status' => 'Queued',
            'fingerprint' => $draft->fingerprint($student->id),
            'timesubmitted' => \core\di::get(\core\clock::class)->time(),
        ]);

        self::wait_at_most(1);
        try {
            $submit();
            $this->fail('It did not wait');
        } catch (\dml_exception) {
            $this->assertSame(0, $DB->count_records('local_mzi_requests'));
        } finally {
            self::wait_at_most(50);
            $transaction->allow_commit();
        }
        $found = $submit();

        $this->assertSame([(int) $theirs, true], [$found->requestid, $found->repeated]);
        $this->assertSame(1, $DB->count_records('local_mzi_requests'));
    }

    public function test_a_batch_that_fails_leaves_nothing_behind(): void {
        global $DB;
        $broken = fn() => throw new \dml_write_exception('test');

        try {
            (new atomic_batch($DB))->run(function () use ($DB, $broken): void {
                $DB->insert_record('local_mzi_units', ['zoho_unit_id' => '1']);
                $broken();
            });
            $this->fail('The fault was swallowed.');
        } catch (\dml_write_exception) {
            $this->assertSame(0, $DB->count_records('local_mzi_units'));
        }
    }

    public function test_a_batch_that_keeps_losing_gets_through_in_the_end(): void {
        global $DB;
        $losses = 5;

        $outcome = (new atomic_batch($DB))->run(function () use (&$losses): string {
            if ($losses-- > 0) {
                throw new \dml_write_exception('test');
            }
            return 'through';
        });

        $this->assertSame('through', $outcome);
        $this->assertFalse($DB->is_transaction_started());
    }

    public function test_a_transaction_of_the_caller_is_not_run_again(): void {
        global $DB;
        $runs = 0;
        $transaction = $DB->start_delegated_transaction();

        try {
            (new atomic_batch($DB))->run(function () use (&$runs): void {
                $runs++;
                throw new \dml_write_exception('test');
            });
        } catch (\dml_write_exception) {
            $DB->force_transaction_rollback();
        }

        $this->assertSame(1, $runs);
    }
}
