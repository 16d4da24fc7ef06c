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

namespace local_mzi\external;

use core_external\external_api;
use local_mzi\entity\registry;
use local_mzi\service\contract;
use local_mzi\service\hand_link;

/**
 * The external functions as Moodle calls them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\external\upsert_function
 * @covers     \local_mzi\external\delete_records
 * @covers     \local_mzi\external\confirm_rows
 * @covers     \local_mzi\external\get_manifest
 * @covers     \local_mzi\external\get_rows
 * @covers     \local_mzi\external\get_status
 * @covers     \local_mzi\external\get_contract
 * @covers     \local_mzi\external\sync_access
 * @covers     \local_mzi\external\results
 * @covers     \local_mzi\service\json_parameter
 * @covers     \local_mzi\service\stored_rows
 * @covers     \local_mzi\service\status
 * @covers     \local_mzi\service\contract
 */
final class functions_test extends \advanced_testcase {
    /** @var \local_mzi_generator makes records */
    private \local_mzi_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
    }

    /**
     * Calls a function as the web server does, return value cleaned.
     *
     * @param string $name without local_mzi_
     * @param array $arguments
     * @return array
     */
    private static function call(string $name, array $arguments = []): array {
        $_POST['sesskey'] = sesskey();
        return external_api::call_external_function("local_mzi_$name", $arguments);
    }

    /**
     * The data of a call that works.
     *
     * @param string $name
     * @param array $arguments
     * @return array
     */
    private static function data(string $name, array $arguments = []): array {
        $answer = self::call($name, $arguments);
        self::assertFalse($answer['error'], json_encode($answer));
        return $answer['data'];
    }

    /**
     * The error code of a call that fails.
     *
     * @param string $name
     * @param array $arguments
     * @return string
     */
    private static function errorcode(string $name, array $arguments = []): string {
        $answer = self::call($name, $arguments);
        self::assertTrue($answer['error'], json_encode($answer));
        return $answer['exception']->errorcode;
    }

    /**
     * Valid arguments for every function that is for the bridge alone.
     *
     * @return array
     */
    public static function functions(): array {
        $functions = [
            'delete_records' => ['delete_records', ['entity' => 'units', 'ids' => '[]', 'versions' => '[]']],
            'confirm_rows' => ['confirm_rows', ['entity' => 'units', 'records' => '[]', 'count' => 0]],
            'get_manifest' => ['get_manifest', ['entity' => 'units']],
            'get_rows' => ['get_rows', ['entity' => 'units', 'ids' => '[]']],
            'get_status' => ['get_status', []],
            'get_contract' => ['get_contract', []],
            'set_photo' => ['set_photo', ['photos' => '[]', 'count' => 0]],
            'confirm_requests' => ['confirm_requests', ['records' => '[]', 'count' => 0]],
            'get_request_file' => ['get_request_file', ['requestid' => 0, 'contenthash' => '0'], 'invalidrecord'],
        ];
        foreach (registry::names() as $name) {
            $functions["upsert_$name"] = ["upsert_$name", ['records' => '[]', 'count' => 0]];
        }
        return $functions;
    }

    public function test_every_function_for_the_bridge_alone_is_tried(): void {
        global $DB;
        $registered = $DB->get_fieldset(
            'external_functions',
            'name',
            ['component' => 'local_mzi', 'capabilities' => 'local/mzi:sync']
        );

        $this->assertEqualsCanonicalizing(
            $registered,
            array_map(fn(string $name) => "local_mzi_$name", array_keys(self::functions()))
        );
    }

    /**
     * With the capability and nothing else the function works; without it it does not.
     *
     * @dataProvider functions
     * @param string $name
     * @param array $arguments
     * @param string|null $then what it answers to who may call it, if that is an error
     */
    public function test_no_function_works_without_the_capability(string $name, array $arguments, ?string $then = null): void {
        $user = $this->getDataGenerator()->create_user();
        $this->setUser($user);
        $this->assertSame('nopermissions', self::errorcode($name, $arguments));

        $roleid = $this->getDataGenerator()->create_role();
        assign_capability('local/mzi:sync', CAP_ALLOW, $roleid, \core\context\system::instance());
        role_assign($roleid, $user->id, \core\context\system::instance());
        $this->assertSame($then, self::call($name, $arguments)['exception']->errorcode ?? null);
    }

    /**
     * The capability is what the function declares.
     *
     * @dataProvider functions
     * @param string $name
     */
    public function test_every_function_declares_its_capability_and_is_in_the_service(string $name): void {
        global $DB;
        $this->assertSame('local/mzi:sync', external_api::external_function_info("local_mzi_$name")->capabilities);
        $service = $DB->get_record('external_services', ['shortname' => 'local_mzi_bridge'], '*', MUST_EXIST);
        $this->assertEquals([1, 1], [$service->restrictedusers, $service->enabled]);
        $this->assertTrue($DB->record_exists(
            'external_services_functions',
            ['externalserviceid' => $service->id, 'functionname' => "local_mzi_$name"]
        ));
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
     * Each upsert function writes its own entity.
     *
     * @dataProvider entities
     * @param string $entity
     */
    public function test_each_upsert_function_writes_its_own_table(string $entity): void {
        global $DB;
        $records = json_encode([$this->generator->record($entity, '57')]);

        $data = self::data("upsert_$entity", ['records' => $records, 'count' => 1]);

        $this->assertEquals(
            ['count' => 1, 'results' => [['index' => 0, 'id' => '57', 'action' => 'inserted', 'errors' => []]]],
            $data
        );
        $this->assertSame(1, $DB->count_records("local_mzi_$entity"));
    }

    public function test_results_come_in_order_with_their_faults(): void {
        $records = json_encode([
            $this->generator->record('programs', '2', ['name' => 5]),
            $this->generator->record('programs', '1'),
        ]);

        $data = self::data('upsert_programs', ['records' => $records, 'count' => 2]);

        $this->assertSame([0, 1], array_column($data['results'], 'index'));
        $this->assertSame(['2', '1'], array_column($data['results'], 'id'));
        $this->assertSame(['rejected', 'inserted'], array_column($data['results'], 'action'));
        $this->assertSame(
            ['field' => 'name', 'code' => 'wrong_type', 'message' => 'Wrong type; expected: string.'],
            $data['results'][0]['errors'][0]
        );
    }

    public function test_a_confirmation_names_the_others_in_order_and_needs_no_columns(): void {
        $this->generator->upsert('programs', '1', ['name' => 'A']);
        $key = ['zoho_program_id', 'modified_time', 'read_time', 'content_hash'];
        $versions = array_intersect_key((array) $this->generator->record('programs', '1', ['name' => 'A']), array_flip($key));
        $records = json_encode([['zoho_program_id' => '2'] + $versions, $versions, ['x' => 1] + $versions]);

        $data = self::data('confirm_rows', ['entity' => 'programs', 'records' => $records, 'count' => 3]);

        $this->assertSame(3, $data['count']);
        $this->assertSame([0 => 'differs', 2 => 'rejected'], array_column($data['results'], 'action', 'index'));
    }

    /**
     * Options that are wrong, with the code of the fault.
     *
     * @return array
     */
    private static function faulty_options(): array {
        return [
            ['', 'invalidjson'],
            ['{', 'invalidjson'],
            ['[]', 'invalidjson'],
            ['null', 'invalidjson'],
            ['{"x": 1}', 'invalidoptions'],
            ['{"brake": "off"}', 'invalidoptions'],
            ['{"brake": null}', 'invalidoptions'],
            ['{"rewrite": "1"}', 'invalidoptions'],
            ['{"rewrite": null}', 'invalidoptions'],
            ['{"closing": []}', 'invalidoptions'],
            ['{"closing": {"no_such_column": ["End"]}}', 'invalidoptions'],
            ['{"closing": {"credit": ["1"]}}', 'invalidoptions'],
            ['{"closing": {"level": "4"}}', 'invalidoptions'],
            ['{"closing": {"level": {"0": "4"}}}', 'invalidoptions'],
            ['{"closing": {"level": [4]}}', 'invalidoptions'],
        ];
    }

    /**
     * Calls that are wrong as a whole.
     *
     * @return array
     */
    public static function faulty_calls(): array {
        $many = '[' . implode(',', array_fill(0, contract::MAX_RECORDS + 1, '"1"')) . ']';
        $deep = str_repeat('[', 100) . str_repeat(']', 100);
        $faulty = [];
        foreach (self::faulty_options() as [$options, $errorcode]) {
            $faulty[$options] = ['upsert_units', ['records' => '[]', 'count' => 0, 'options' => $options], $errorcode];
        }
        $deletion = ['entity' => 'units', 'ids' => '[]', 'versions' => '[]', 'options' => '{"x": 1}'];
        $confirmation = ['entity' => 'units', 'records' => '[]', 'count' => 0];
        return $faulty + [
            'confirmation with a lost tail' => ['confirm_rows', ['count' => 1] + $confirmation, 'countmismatch'],
            'confirmation without a list' => ['confirm_rows', ['records' => '{}'] + $confirmation, 'invalidjson'],
            'confirmation of nothing known' => ['confirm_rows', ['entity' => 'x'] + $confirmation, 'invalidparameter'],
            'deletion with an unknown option' => ['delete_records', $deletion, 'invalidoptions'],
            'no JSON' => ['upsert_units', ['records' => '[', 'count' => 0], 'invalidjson'],
            'no list' => ['upsert_units', ['records' => '{}', 'count' => 0], 'invalidjson'],
            'null' => ['upsert_units', ['records' => 'null', 'count' => 0], 'invalidjson'],
            'empty' => ['upsert_units', ['records' => '', 'count' => 0], 'invalidjson'],
            'too deep' => ['upsert_units', ['records' => $deep, 'count' => 1], 'invalidjson'],
            'lost tail' => ['upsert_units', ['records' => '[]', 'count' => 1], 'countmismatch'],
            'too many' => ['upsert_units', ['records' => $many, 'count' => contract::MAX_RECORDS + 1], 'toomanyrecords'],
            'no count' => ['upsert_units', ['records' => '[]'], 'invalidparameter'],
            'unknown parameter' => ['upsert_units', ['records' => '[]', 'count' => 0, 'x' => 1], 'invalidparameter'],
            'unknown entity' => ['get_manifest', ['entity' => 'sync_log'], 'invalidparameter'],
            'page too large' => ['get_manifest', ['entity' => 'units', 'limit' => 5001], 'invalidparameter'],
            'page too small' => ['get_manifest', ['entity' => 'units', 'limit' => 0], 'invalidparameter'],
            'ids are no list' => ['get_rows', ['entity' => 'units', 'ids' => '"1"'], 'invalidjson'],
            'id is no string' => ['get_rows', ['entity' => 'units', 'ids' => '[1]'], 'invalidparameter'],
            'too many ids' => ['get_rows', ['entity' => 'units', 'ids' => $many], 'toomanyrecords'],
            'versions missing' => ['delete_records', ['entity' => 'units', 'ids' => '["1"]', 'versions' => '[]'], 'countmismatch'],
            'too many deletions' => ['delete_records', ['entity' => 'units', 'ids' => $many, 'versions' => '[]'], 'toomanyrecords'],
            'unknown deletion' => ['delete_records', ['entity' => 'x', 'ids' => '[]', 'versions' => '[]'], 'invalidparameter'],
        ];
    }

    /**
     * Such a call is an exception with a code.
     *
     * @dataProvider faulty_calls
     * @param string $name
     * @param array $arguments
     * @param string $errorcode
     */
    public function test_a_call_that_is_wrong_as_a_whole_writes_nothing(string $name, array $arguments, string $errorcode): void {
        global $DB;
        $this->assertSame($errorcode, self::errorcode($name, $arguments));
        $this->assertSame(0, $DB->count_records('local_mzi_sync_log'));
    }

    public function test_a_manifest_lists_every_id_once_page_by_page(): void {
        foreach (['10', '9', '100', '2'] as $id) {
            $this->generator->upsert('units', $id, ['modified_time' => (int) $id]);
        }
        $this->generator->delete('units', '9', 5000);
        $this->generator->delete('units', '777', 6000);

        $seen = [];
        $after = '';
        do {
            $page = self::data('get_manifest', ['entity' => 'units', 'after' => $after, 'limit' => 2]);
            $this->assertLessThanOrEqual(2, count($page['rows']));
            $seen = [...$seen, ...$page['rows']];
            $after = $page['next'];
        } while ($after !== '');

        $this->assertSame(['10', '100', '2', '777', '9'], array_column($seen, 'id'));
        $this->assertSame([10, 100, 2, 0, 9], array_column($seen, 'modified_time'));
        $this->assertSame([null, null, null, 6000, 5000], array_column($seen, 'deleted_at'));
        $this->assertSame('', $seen[3]['content_hash']);
        $this->assertSame($this->generator->record('units', '10', ['modified_time' => 10])->content_hash, $seen[0]['content_hash']);
    }

    public function test_the_manifest_tells_who_is_linked(): void {
        $this->getDataGenerator()->create_user(['idnumber' => 'S-1']);
        $this->generator->upsert('students', '1', ['student_id' => 'S-1']);
        $this->generator->upsert('students', '2');
        $this->generator->upsert('requests', '1', ['moodle_user_id' => 2]);

        $linked = fn(string $entity) => array_column(self::data('get_manifest', ['entity' => $entity])['rows'], 'linked');
        $this->assertSame([true, false], $linked('students'));
        $this->assertSame([null], $linked('requests'));
    }

    public function test_the_rows_tell_of_whom_a_person_decided(): void {
        $ids = [];
        foreach (['unlinked', 'released', 'left'] as $name) {
            $student = $this->generator->student();
            $ids[$name] = $student->zohoid;
            if ($name !== 'left') {
                \core\di::get(hand_link::class)->unlink($student->id);
            }
            if ($name === 'released') {
                \core\di::get(hand_link::class)->release($student->id);
            }
        }

        $rows = self::data('get_rows', ['entity' => 'students', 'ids' => json_encode(array_values($ids))])['rows'];
        $byhand = array_column(json_decode($rows, true), 'link_by_hand', 'zoho_student_id');
        $this->assertSame(
            ['unlinked' => 1, 'released' => 0, 'left' => null],
            array_map(fn(string $id) => $byhand[$id], $ids)
        );
    }

    public function test_options_reach_the_batch(): void {
        global $DB;
        $this->generator->upsert('students', '1', ['status' => 'Active']);
        $this->generator->upsert('students', '2', ['status' => 'Active']);
        $DB->set_field('local_mzi_students', 'status', 'altered', ['zoho_student_id' => '2']);
        $records = json_encode([
            $this->generator->record('students', '1', ['status' => 'Withdrawn']),
            $this->generator->record('students', '2', ['status' => 'Active']),
        ]);
        $options = '{"brake": "hold", "closing": {"status": ["Withdrawn"]}, "rewrite": true}';

        $data = self::data('upsert_students', ['records' => $records, 'count' => 2, 'options' => $options]);
        $this->assertSame(['held', 'updated'], array_column($data['results'], 'action'));
        $call = ['entity' => 'students', 'ids' => '["1"]', 'versions' => '[5000]'];
        $data = self::data('delete_records', $call + ['options' => '{"brake": "hold"}']);
        $this->assertSame(['held'], array_column($data['results'], 'action'));
        $data = self::data('delete_records', $call + ['options' => '{"brake": "confirmed"}']);
        $this->assertSame(['deleted'], array_column($data['results'], 'action'));
    }

    public function test_a_full_last_page_says_that_it_is_the_last(): void {
        $this->generator->upsert('units', '1');

        $this->assertSame('', self::data('get_manifest', ['entity' => 'units', 'limit' => 1])['next']);
    }

    public function test_requests_that_the_crm_does_not_have_are_not_listed(): void {
        global $DB;
        $DB->insert_record('local_mzi_requests', ['request_number' => 'R-1']);

        $this->assertSame([], self::data('get_manifest', ['entity' => 'requests'])['rows']);
        $counts = array_column(self::data('get_status')['counts'], 'rows', 'entity');
        $this->assertSame(0, $counts['requests']);
    }

    public function test_rows_come_with_their_children_and_without_ids_that_are_not_there(): void {
        global $DB;
        $this->generator->upsert('units', '2', ['name' => 'B', 'credit' => 15]);
        $this->generator->upsert('units', '1', ['name' => 'A', 'criteria' => [['code' => 'P1'], ['code' => 'M1']]]);
        $this->generator->delete('units', '2', 5000);

        $rows = json_decode(self::data('get_rows', ['entity' => 'units', 'ids' => '["2","3","1","1"]'])['rows'], true);

        $this->assertSame(['1', '2'], array_column($rows, 'zoho_unit_id'));
        $this->assertSame(['P1', 'M1'], array_column($rows[0]['criteria'], 'code'));
        $this->assertSame([0, 1], array_column($rows[0]['criteria'], 'sortorder'));
        $this->assertSame([15, [], 5000], [$rows[1]['credit'], $rows[1]['criteria'], $rows[1]['deleted_at']]);
        $columns = array_keys($DB->get_columns('local_mzi_units'));
        $this->assertEqualsCanonicalizing([...array_diff($columns, ['id']), 'criteria'], array_keys($rows[0]));
    }

    public function test_the_status_tells_limits_and_counts(): void {
        $this->mock_clock_with_frozen(4102444800);
        set_config('event_user_created', 0, 'local_mzi');
        $user = $this->getDataGenerator()->create_user(['idnumber' => 'S-1']);
        $this->generator->upsert('students', '1', ['student_id' => 'S-1', 'moodle_user_id' => (int) $user->id]);
        $this->generator->upsert('students', '2');
        $this->generator->upsert('students', '3');
        $this->generator->delete('students', '3', 5000);

        $status = self::data('get_status');

        $this->assertSame(
            ['entity' => 'students', 'rows' => 3, 'deleted' => 1, 'unlinked' => 1, 'closings' => 1],
            $status['counts'][0]
        );
        $this->assertSame(0, $status['counts'][1]['closings']);
        $this->assertSame(['minimum' => 10, 'percent' => 2], $status['brake']);
        $this->assertSame(['queued' => 0, 'waiting' => 0, 'failed' => 0, 'oldest' => 0], $status['outbox']);
        $this->assertSame(registry::names(), array_column($status['counts'], 'entity'));
        $this->assertSame(4102444800, $status['server_time']);
        $this->assertSame(contract::MAX_RECORDS, $status['max_records']);
        $this->assertSame((int) get_config('local_mzi', 'version'), $status['plugin_version']);
        $this->assertContains('local_mzi_upsert_grades', $status['functions']);
        $this->assertSame(['explicit', 'idnumber', 'username', 'email'], $status['user_matching']);
        $this->assertNotEmpty($user);
    }

    public function test_the_contract_names_every_writable_column_with_its_type(): void {
        $contract = json_decode(self::data('get_contract')['contract'], true);

        $this->assertSame([contract::VERSION, contract::MAX_RECORDS], [$contract['contract_version'], $contract['max_records']]);
        $this->assertSame(registry::names(), array_keys($contract['entities']));
        $registrations = $contract['entities']['registrations'];
        $this->assertSame(['type' => 'money'], $registrations['columns']['total_fees']);
        $this->assertSame(['type' => 'text', 'length' => 3], $registrations['columns']['currency']);
        $this->assertSame('zoho_registration_id', $registrations['children']['installments']['parent']);
        $this->assertArrayNotHasKey('acknowledged_at', $contract['entities']['grades']['columns']);
    }
}
