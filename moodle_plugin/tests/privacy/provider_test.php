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

namespace local_mzi\privacy;

use core\context\system;
use core\context\user as user_context;
use core_privacy\local\metadata\collection;
use core_privacy\local\metadata\types\database_table;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_mzi\entity\registry;
use local_mzi\local\theme_choice;
use local_mzi\repository\outbox_repository;
use local_mzi\repository\personal_data_repository;
use local_mzi\repository\photo_repository;
use local_mzi\repository\request_file_repository;
use local_mzi\repository\request_history_repository;
use local_mzi\repository\student_repository;
use local_mzi\service\photo_update;
use local_mzi\service\student_card;

/**
 * What a person can ask to see and to have deleted.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\privacy\provider
 * @covers     \local_mzi\repository\personal_data_repository
 */
final class provider_test extends \core_privacy\tests\provider_testcase {
    /** @var \stdClass a student */
    private \stdClass $ada;

    /** @var \stdClass another student */
    private \stdClass $bob;

    /** @var \stdClass a teacher */
    private \stdClass $tom;

    #[\Override]
    protected function setUp(): void {
        global $DB;
        parent::setUp();
        $this->resetAfterTest();
        // Of the outbox only what requests put there matters here.
        set_config('event_user_created', 0, 'local_mzi');
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        foreach (['ada', 'bob', 'tom'] as $name) {
            $this->$name = $this->getDataGenerator()->create_user(['email' => "$name@example.com"]);
        }
        foreach (['ada', 'bob'] as $name) {
            $of = ['zoho_student_id' => $name];
            $generator->upsert('students', $name, ['academic_email' => "$name@example.com", 'city' => "City of $name"]);
            $generator->upsert('registrations', "r$name", $of + ['installments' => [['zoho_installment_id' => "i$name"]]]);
            $generator->upsert('payments', "p$name", $of + ['amount' => '12.50']);
            $generator->upsert('enrollments', "e$name", $of + ['zoho_class_id' => 'c1']);
            $generator->upsert('grades', "g$name", $of + [
                'grade' => 'M', 'grade_status' => 'Released', 'outcomes' => [['zoho_outcome_id' => "o$name"]],
            ]);
            $generator->upsert('requests', "q$name", $of + ['reason' => "Reason of $name"]);
            $DB->insert_record('local_mzi_requests', [
                'request_number' => "draft-$name",
                'status' => 'Draft',
                'moodle_user_id' => $this->$name->id,
            ]);
            $DB->insert_record('local_mzi_closings', ['entity' => 'payments', 'kind' => 'delete', 'zoho_record_id' => "p$name"]);
        }
        $generator->upsert('teachers', 'tom', ['academic_email' => 'tom@example.com', 'name' => 'Tom']);
        $generator->upsert('classes', 'c1', ['zoho_teacher_id' => 'tom', 'teacher_name' => 'Tom', 'name' => 'Class']);
        // That students were linked is told, too.
        $DB->delete_records('local_mzi_outbox');
    }

    /**
     * The context of a user.
     *
     * @param \stdClass $user
     * @return user_context
     */
    private static function context(\stdClass $user): user_context {
        return user_context::instance($user->id);
    }

    /**
     * How many rows each table holds.
     *
     * @return int[]
     */
    private static function counts(): array {
        global $DB;
        $tables = array_filter($DB->get_tables(), fn(string $table) => str_starts_with($table, 'local_mzi_'));
        return array_map(fn(string $table) => $DB->count_records($table), $tables);
    }

    public function test_every_table_and_column_about_persons_is_declared_with_a_text(): void {
        global $DB;
        $manager = get_string_manager();
        $declared = [];
        foreach (provider::get_metadata(new collection('local_mzi'))->get_collection() as $type) {
            $this->assertTrue($manager->string_exists($type->get_summary(), 'local_mzi'), $type->get_summary());
            foreach ((array) $type->get_privacy_fields() as $text) {
                $this->assertTrue($manager->string_exists($text, 'local_mzi'), $text);
            }
            if ($type instanceof database_table) {
                $declared[$type->get_name()] = array_keys($type->get_privacy_fields());
            }
        }
        foreach (preg_grep('/^local_mzi_/', $DB->get_tables()) as $table) {
            $columns = array_keys($DB->get_columns($table));
            if (array_intersect(['moodle_user_id', 'zoho_student_id', 'studentid', 'requestid', 'zoho_record_id'], $columns)) {
                $this->assertArrayHasKey($table, $declared);
            }
        }
        foreach (registry::all() as $definition) {
            $personal = array_filter(
                array_keys($definition->columns),
                fn(string $column) => preg_match('/^(zoho_(student|teacher)_id|moodle_user_id)$/', $column)
            );
            if ($personal) {
                $this->assertArrayHasKey($definition->table, $declared);
                $this->assertSame([], array_diff(array_keys($definition->columns), $declared[$definition->table]));
                foreach ($definition->children as $child) {
                    $this->assertArrayHasKey($child->table, $declared);
                }
            }
        }
    }

    public function test_a_linked_person_has_data_in_the_own_context_only(): void {
        foreach ([$this->ada, $this->tom] as $user) {
            $contexts = provider::get_contexts_for_userid((int) $user->id)->get_contextids();
            $this->assertEquals([self::context($user)->id], $contexts);
        }
        $stranger = $this->getDataGenerator()->create_user();
        $this->assertSame([], provider::get_contexts_for_userid((int) $stranger->id)->get_contextids());
    }

    public function test_the_person_is_found_in_the_context(): void {
        $users = function (\core\context $context): array {
            $list = new userlist($context, 'local_mzi');
            provider::get_users_in_context($list);
            return $list->get_userids();
        };

        $this->assertEquals([$this->ada->id], $users(self::context($this->ada)));
        $this->assertEquals([$this->tom->id], $users(self::context($this->tom)));
        $this->assertSame([], $users(system::instance()));
    }

    public function test_who_is_only_in_the_outbox_is_found_exported_and_deleted(): void {
        global $DB;
        $user = $this->getDataGenerator()->create_user();
        $outbox = \core\di::get(outbox_repository::class);
        $outbox->add('request_submitted', ['reason' => 'Left behind'], (int) $user->id, 'request:1');
        $context = self::context($user);

        $this->assertEquals([$context->id], provider::get_contexts_for_userid((int) $user->id)->get_contextids());
        $list = new userlist($context, 'local_mzi');
        provider::get_users_in_context($list);
        $this->assertEquals([$user->id], $list->get_userids());
        $this->export_context_data_for_user((int) $user->id, $context, 'local_mzi');
        $exported = writer::with_context($context)->get_related_data(['MZI bridge', 'Requests'], 'outbox');
        $this->assertSame('{"reason":"Left behind"}', $exported->events[0]['payload']);
        provider::delete_data_for_user(new approved_contextlist($user, 'local_mzi', [$context->id]));
        $this->assertSame(0, $DB->count_records('local_mzi_outbox'));
    }

    public function test_every_table_with_a_column_for_the_user_leads_to_the_user(): void {
        global $DB;
        $tables = array_filter($DB->get_tables(), fn(string $table) => str_starts_with($table, 'local_mzi_')
            && array_intersect(['moodle_user_id', 'userid', 'usermodified'], array_keys($DB->get_columns($table))));
        $this->assertEqualsCanonicalizing(array_values($tables), personal_data_repository::linked_tables());
    }

    public function test_the_export_holds_everything_about_the_person_and_nothing_about_others(): void {
        $this->export_context_data_for_user((int) $this->ada->id, self::context($this->ada), 'local_mzi');

        $writer = writer::with_context(self::context($this->ada));
        $data = fn(string $entity) => $writer->get_data(['MZI bridge', get_string("entity_$entity", 'local_mzi')]);
        $this->assertSame('City of ada', $data('students')->records[0]['city']);
        $this->assertSame('iada', $data('registrations')->records[0]['installments'][0]['zoho_installment_id']);
        $this->assertSame('12.50', $data('payments')->records[0]['amount']);
        $this->assertSame('c1', $data('enrollments')->records[0]['zoho_class_id']);
        $this->assertSame('oada', $data('grades')->records[0]['outcomes'][0]['zoho_outcome_id']);
        $this->assertSame(['qada', null], array_column($data('requests')->records, 'zoho_request_id'));
        $this->assertEmpty($data('teachers'));
        foreach (registry::names() as $entity) {
            $this->assertStringNotContainsString('bob', json_encode($data($entity)));
        }
    }

    public function test_the_export_tells_no_result_that_is_not_released(): void {
        $generator = $this->getDataGenerator()->get_plugin_generator('local_mzi');
        foreach (['In review', null] as $index => $status) {
            $generator->upsert('grades', "h$index", [
                'zoho_student_id' => 'ada', 'grade' => 'Secret D', 'feedback' => 'Secret words', 'grade_status' => $status,
                'unit_name' => 'Law', 'outcomes' => [['zoho_outcome_id' => "ho$index", 'score' => 'Secret score']],
            ]);
        }
        $this->export_context_data_for_user((int) $this->ada->id, self::context($this->ada), 'local_mzi');

        $place = ['MZI bridge', get_string('entity_grades', 'local_mzi')];
        $grades = writer::with_context(self::context($this->ada))->get_data($place)->records;
        $this->assertSame([null, 'Law', 'Law'], array_column($grades, 'unit_name'));
        $this->assertSame('M', $grades[0]['grade']);
        $this->assertStringNotContainsString('Secret', json_encode($grades));
    }

    /**
     * A request of a student with everything that comes with one made here.
     *
     * @param \stdClass $user
     * @param string $name
     */
    private static function submit(\stdClass $user, string $name): void {
        global $DB;
        $requestid = (int) $DB->get_field('local_mzi_requests', 'id', ['request_number' => "draft-$name"]);
        $studentid = (int) $DB->get_field('local_mzi_students', 'id', ['zoho_student_id' => $name]);
        $history = \core\di::get(request_history_repository::class);
        $history->add([['requestid' => $requestid, 'status' => "State of $name", 'timecreated' => 1000]]);
        $outbox = \core\di::get(outbox_repository::class);
        $outbox->add('request_submitted', ['reason' => "Sent of $name"], (int) $user->id, 'request:2');
        $files = \core\di::get(request_file_repository::class);
        $draft = get_file_storage()->create_file_from_string([
            'contextid' => self::context($user)->id,
            'component' => 'user',
            'filearea' => 'draft',
            'itemid' => 1,
            'filepath' => '/',
            'filename' => "$name.pdf",
        ], "%PDF-1.4 $name");
        $files->keep_document($requestid, $draft);
        $files->keep_picture($studentid, $requestid, "picture of $name");
    }

    /**
     * Contents of the plugin's files.
     *
     * @return string[]
     */
    private static function files(): array {
        global $DB;
        $records = $DB->get_records_select('files', "component = 'local_mzi' AND filename <> '.'", null, 'id');
        return array_map(fn($record) => get_file_storage()->get_file_instance($record)->get_content(), array_values($records));
    }

    public function test_a_request_is_exported_with_its_history_its_files_and_what_waits_to_be_sent(): void {
        self::submit($this->ada, 'ada');
        self::submit($this->bob, 'bob');

        $this->export_context_data_for_user((int) $this->ada->id, self::context($this->ada), 'local_mzi');

        $writer = writer::with_context(self::context($this->ada));
        $place = ['MZI bridge', 'Requests'];
        $histories = array_column($writer->get_data($place)->records, 'history');
        $this->assertSame(['State of ada'], array_column(array_merge(...$histories), 'status'));
        $this->assertStringContainsString('Sent of ada', $writer->get_related_data($place, 'outbox')->events[0]['payload']);
        $this->assertCount(1, $writer->get_related_data($place, 'outbox')->events);
        $contents = array_map(fn($file) => $file->get_content(), $writer->get_files($place));
        $this->assertEqualsCanonicalizing(['%PDF-1.4 ada', 'picture of ada'], array_values($contents));
    }

    public function test_deleting_a_student_takes_history_files_and_what_waits_to_be_sent(): void {
        global $DB;
        self::submit($this->ada, 'ada');
        self::submit($this->bob, 'bob');

        provider::delete_data_for_user(new approved_contextlist($this->ada, 'local_mzi', [self::context($this->ada)->id]));

        $states = $DB->get_fieldset('local_mzi_request_history', 'status');
        $this->assertContains('State of bob', $states);
        $this->assertNotContains('State of ada', $states);
        $this->assertSame(['{"reason":"Sent of bob"}'], $DB->get_fieldset('local_mzi_outbox', 'payload'));
        $this->assertEqualsCanonicalizing(['%PDF-1.4 bob', 'picture of bob'], self::files());
    }

    public function test_of_a_request_at_a_record_that_is_another_persons_by_now_nothing_is_left(): void {
        global $DB;
        self::submit($this->ada, 'ada');
        $DB->set_field('local_mzi_students', 'moodle_user_id', $this->bob->id, ['zoho_student_id' => 'ada']);

        provider::delete_data_for_user(new approved_contextlist($this->ada, 'local_mzi', [self::context($this->ada)->id]));

        $this->assertSame([], self::files());
        $this->assertSame(2, $DB->count_records('local_mzi_students'));
    }

    public function test_the_export_of_a_teacher_holds_the_classes(): void {
        $this->export_context_data_for_user((int) $this->tom->id, self::context($this->tom), 'local_mzi');

        $writer = writer::with_context(self::context($this->tom));
        $this->assertSame('Tom', $writer->get_data(['MZI bridge', 'Teachers'])->records[0]['name']);
        $this->assertSame('Class', $writer->get_data(['MZI bridge', 'Classes'])->records[0]['name']);
    }

    public function test_deleting_a_student_takes_every_row_and_child_and_leaves_others(): void {
        global $DB;
        provider::delete_data_for_user(new approved_contextlist($this->ada, 'local_mzi', [self::context($this->ada)->id]));

        $everything = '';
        foreach ($DB->get_tables() as $table) {
            $everything .= str_starts_with($table, 'local_mzi_') ? json_encode($DB->get_records($table)) : '';
        }
        $this->assertStringNotContainsString('ada', $everything);
        foreach (['bob', 'rbob', 'ibob', 'pbob', 'ebob', 'gbob', 'obob', 'qbob', 'draft-bob', 'Tom'] as $kept) {
            $this->assertStringContainsString("\"$kept\"", $everything);
        }
    }

    public function test_deleting_a_teacher_keeps_the_class_without_the_name(): void {
        global $DB;
        provider::delete_data_for_all_users_in_context(self::context($this->tom));

        $this->assertSame(0, $DB->count_records('local_mzi_teachers'));
        $class = $DB->get_record('local_mzi_classes', ['zoho_class_id' => 'c1'], '*', MUST_EXIST);
        $this->assertSame(['Class', null, null], [$class->name, $class->teacher_name, $class->zoho_teacher_id]);
        $this->assertSame(2, $DB->count_records('local_mzi_students'));
    }

    public function test_only_the_approved_user_of_the_context_is_deleted(): void {
        $before = self::counts();
        $context = self::context($this->ada);
        provider::delete_data_for_users(new approved_userlist($context, 'local_mzi', [$this->bob->id]));
        provider::delete_data_for_all_users_in_context(system::instance());
        provider::delete_data_for_user(new approved_contextlist($this->bob, 'local_mzi', [$context->id]));
        $this->assertSame($before, self::counts());

        provider::delete_data_for_users(new approved_userlist($context, 'local_mzi', [$this->ada->id]));
        $this->assertNotSame($before, self::counts());
    }

    public function test_withdrawn_cards_are_exported_and_deleted(): void {
        global $DB;
        $cards = \core\di::get(student_card::class);
        foreach (['ada', 'bob'] as $name) {
            $cards->withdraw(\core\di::get(student_repository::class)->by_zoho_id($name));
        }
        $this->export_context_data_for_user((int) $this->ada->id, self::context($this->ada), 'local_mzi');
        $exported = writer::with_context(self::context($this->ada))->get_data(['MZI bridge', 'Student card']);
        $this->assertSame(['1'], array_column($exported->records, 'serial'));

        provider::delete_data_for_user(new approved_contextlist($this->ada, 'local_mzi', [self::context($this->ada)->id]));
        $bob = $DB->get_field('local_mzi_students', 'id', ['zoho_student_id' => 'bob']);
        $this->assertSame([(string) $bob], array_values($DB->get_records_menu('local_mzi_cards', null, '', 'id, studentid')));
    }

    /**
     * Gives a student a photo and answers the local id.
     *
     * @param string $name
     * @return int
     */
    private static function photographed(string $name): int {
        global $DB;
        $picture = imagecreatetruecolor(4, 4);
        ob_start();
        imagepng($picture);
        $bytes = ob_get_clean();
        $row = ['zoho_student_id' => $name, 'read_time' => 5, 'content_hash' => hash('sha256', $bytes)];
        \core\di::get(photo_update::class)->apply([(object) ($row + ['image' => base64_encode($bytes)])]);
        return (int) $DB->get_field('local_mzi_students', 'id', ['zoho_student_id' => $name]);
    }

    public function test_the_photo_is_exported_and_deleted_with_the_person(): void {
        global $DB;
        $ada = self::photographed('ada');
        $bob = self::photographed('bob');
        $photos = \core\di::get(photo_repository::class);

        $this->export_context_data_for_user((int) $this->ada->id, self::context($this->ada), 'local_mzi');
        $writer = writer::with_context(self::context($this->ada));
        $this->assertCount(1, $writer->get_data(['MZI bridge', 'Photos'])->records);
        $file = $writer->get_custom_file(['MZI bridge', 'Photos'], "$ada.jpg");
        $this->assertSame($photos->file($ada)->get_content(), $file);

        provider::delete_data_for_user(new approved_contextlist($this->ada, 'local_mzi', [self::context($this->ada)->id]));
        $this->assertNull($photos->file($ada));
        $this->assertNotNull($photos->file($bob));
        $this->assertEquals([$bob], $DB->get_fieldset('local_mzi_photos', 'studentid'));
    }

    public function test_the_chosen_looks_are_exported(): void {
        $this->setUser($this->ada);
        theme_choice::DARK->keep();

        provider::export_user_preferences((int) $this->ada->id);
        provider::export_user_preferences((int) $this->bob->id);

        $exported = writer::with_context(system::instance())->get_user_preferences('local_mzi');
        $this->assertSame('dark', $exported->{theme_choice::PREFERENCE}->value);
    }
}
