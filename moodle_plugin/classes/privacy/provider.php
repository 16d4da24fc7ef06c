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

use core\context;
use core\context\user as user_context;
use core_privacy\local\metadata\collection;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\contextlist;
use core_privacy\local\request\transform;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_mzi\entity\registry;
use local_mzi\entity\user_link;
use local_mzi\local\theme_choice;
use local_mzi\repository\outbox_repository;
use local_mzi\repository\personal_data_repository;
use local_mzi\repository\photo_repository;
use local_mzi\repository\request_file_repository;
use local_mzi\repository\request_history_repository;
use local_mzi\service\release_gate;
use local_mzi\service\stored_rows;

/**
 * Personal data of students and teachers. It all belongs to the context of the Moodle user they are linked to.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class provider implements
    \core_privacy\local\metadata\provider,
    \core_privacy\local\request\core_userlist_provider,
    \core_privacy\local\request\plugin\provider,
    \core_privacy\local\request\user_preference_provider {
    /** Entities that say something about a person; the others describe what is taught. */
    private const PERSONAL = ['students', 'registrations', 'payments', 'teachers', 'classes', 'enrollments', 'grades', 'requests'];

    /** What of a grade is not told before it is released. */
    private const RESULTS = ['grade', 'feedback', 'acknowledged_grade', 'outcomes'];

    /** What is told of an event. */
    private const EVENT = ['event_type', 'moodle_user_id', 'record_key', 'reference', 'payload', 'status', 'occurred_at'];

    /** Columns that are times. */
    private const TIMES = [
        'modified_time',
        'synced_at',
        'deleted_at',
        'timecreated',
        'timemodified',
        'acknowledged_at',
        'timesubmitted',
        'read_time',
        'occurred_at',
    ];

    #[\Override]
    public static function get_metadata(collection $collection): collection {
        foreach (self::PERSONAL as $name) {
            $definition = registry::get($name);
            $collection->add_database_table(
                $definition->table,
                self::fields([$definition->key, ...array_keys($definition->columns + $definition->local)]),
                "privacy:metadata:$name"
            );
            foreach ($definition->children as $child) {
                $collection->add_database_table(
                    $child->table,
                    self::fields([$child->parent, $child->key->name, ...array_keys($child->columns)]),
                    "privacy:metadata:{$child->name}"
                );
            }
        }
        $collection->add_database_table(
            'local_mzi_sync_log',
            self::fields(['module', 'zoho_record_id', 'action', 'timecreated']),
            'privacy:metadata:sync_log'
        );
        $collection->add_database_table(
            'local_mzi_closings',
            self::fields(['entity', 'kind', 'zoho_record_id', 'timecreated']),
            'privacy:metadata:closings'
        );
        $collection->add_database_table(
            'local_mzi_cards',
            self::fields(['serial', 'timemodified']),
            'privacy:metadata:cards'
        );
        $collection->add_database_table(
            'local_mzi_request_history',
            self::fields(['requestid', 'status', 'timecreated']),
            'privacy:metadata:request_history'
        );
        $collection->add_database_table(
            'local_mzi_outbox',
            self::fields(self::EVENT),
            'privacy:metadata:outbox'
        );
        $collection->add_database_table(
            'local_mzi_photos',
            self::fields(['studentid', 'read_time', 'timemodified']),
            'privacy:metadata:photos'
        );
        $collection->add_subsystem_link('core_files', [], 'privacy:metadata:files');
        $collection->add_subsystem_link('core_enrol', [], 'privacy:metadata:core_enrol');
        $collection->add_subsystem_link('core_role', [], 'privacy:metadata:core_role');
        $collection->add_user_preference(theme_choice::PREFERENCE, 'privacy:metadata:preference:theme');
        $collection->add_external_location_link('zoho_crm', self::fields(['moodle_user_id']), 'privacy:metadata:zoho_crm');
        return $collection;
    }

    #[\Override]
    public static function get_contexts_for_userid(int $userid): contextlist {
        $contextlist = new contextlist();
        foreach (personal_data_repository::linked_tables() as $table) {
            $contextlist->add_from_sql(
                'SELECT ctx.id
                   FROM {context} ctx
                   JOIN {' . $table . '} r ON r.' . user_link::COLUMN . ' = ctx.instanceid
                  WHERE ctx.contextlevel = :level AND ctx.instanceid = :userid',
                ['level' => CONTEXT_USER, 'userid' => $userid]
            );
        }
        return $contextlist;
    }

    #[\Override]
    public static function get_users_in_context(userlist $userlist): void {
        $context = $userlist->get_context();
        if (!$context instanceof user_context) {
            return;
        }
        foreach (personal_data_repository::linked_tables() as $table) {
            $userlist->add_from_sql(
                'userid',
                'SELECT ' . user_link::COLUMN . ' AS userid
                   FROM {' . $table . '}
                  WHERE ' . user_link::COLUMN . ' = :userid',
                ['userid' => $context->instanceid]
            );
        }
    }

    #[\Override]
    public static function export_user_data(approved_contextlist $contextlist): void {
        $userid = (int) $contextlist->get_user()->id;
        foreach ($contextlist->get_contexts() as $context) {
            if (self::belongs_to($context, $userid)) {
                self::export_user($context, $userid);
            }
        }
    }

    #[\Override]
    public static function export_user_preferences(int $userid): void {
        $choice = get_user_preferences(theme_choice::PREFERENCE, null, $userid);
        if ($choice !== null) {
            writer::export_user_preference(
                'local_mzi',
                theme_choice::PREFERENCE,
                $choice,
                get_string('privacy:metadata:preference:theme', 'local_mzi')
            );
        }
    }

    #[\Override]
    public static function delete_data_for_all_users_in_context(context $context): void {
        if ($context instanceof user_context) {
            self::repository()->delete_user((int) $context->instanceid);
        }
    }

    #[\Override]
    public static function delete_data_for_user(approved_contextlist $contextlist): void {
        $userid = (int) $contextlist->get_user()->id;
        foreach ($contextlist->get_contexts() as $context) {
            if (self::belongs_to($context, $userid)) {
                self::repository()->delete_user($userid);
            }
        }
    }

    #[\Override]
    public static function delete_data_for_users(approved_userlist $userlist): void {
        foreach ($userlist->get_userids() as $userid) {
            if (self::belongs_to($userlist->get_context(), (int) $userid)) {
                self::repository()->delete_user((int) $userid);
            }
        }
    }

    /**
     * Whether a context is the one of the user.
     *
     * @param context $context
     * @param int $userid
     * @return bool
     */
    private static function belongs_to(context $context, int $userid): bool {
        return $context instanceof user_context && (int) $context->instanceid === $userid;
    }

    /**
     * Exports everything about a user, one file for each entity.
     *
     * @param context $context
     * @param int $userid
     */
    private static function export_user(context $context, int $userid): void {
        $rows = self::repository()->of_user($userid);
        $taught = self::repository()->taught_by($userid);
        self::export_requests($context, $userid, $rows['requests'] ?? []);
        foreach (array_filter($rows + ['classes' => $taught]) as $name => $ids) {
            $zohoids = array_values(array_filter($ids, fn(?string $id) => $id !== null));
            $records = \core\di::get(stored_rows::class)->export(registry::get($name), $zohoids);
            if ($name === 'requests') {
                $unsent = array_keys($ids, null, true);
                $records = [...$records, ...array_map(fn($row) => (array) $row, self::repository()->requests($unsent))];
                $records = self::with_history($records, $ids);
            }
            if ($name === 'grades') {
                $records = array_map(self::as_released(...), $records);
            }
            writer::with_context($context)->export_data(
                [get_string('pluginname', 'local_mzi'), get_string("entity_$name", 'local_mzi')],
                (object) ['records' => array_map(self::readable(...), array_values($records))]
            );
        }
        self::export_photos($context, array_keys($rows['students'] ?? []));
        $cards = array_map(fn($row) => self::readable((array) $row), self::repository()->cards($userid));
        if ($cards) {
            writer::with_context($context)->export_data(
                [get_string('pluginname', 'local_mzi'), get_string('card_title', 'local_mzi')],
                (object) ['records' => array_values($cards)]
            );
        }
    }

    /**
     * Requests with the states they have been in.
     *
     * @param array[] $records
     * @param array<int, string|null> $ids CRM ids by local id
     * @return array[]
     */
    private static function with_history(array $records, array $ids): array {
        $histories = \core\di::get(request_history_repository::class)->of_requests(array_keys($ids));
        $localids = array_flip(array_filter($ids, fn(?string $id) => $id !== null));
        return array_map(function (array $record) use ($histories, $localids): array {
            $id = $record['id'] ?? $localids[$record['zoho_request_id']];
            $record['history'] = array_map(fn(\stdClass $state) => [
                'status' => $state->status,
                'timecreated' => transform::datetime($state->timecreated),
            ], $histories[$id] ?? []);
            return $record;
        }, $records);
    }

    /**
     * Exports what waits to be sent, and the files that came with requests.
     *
     * @param context $context
     * @param int $userid
     * @param array<int, string|null> $requests CRM ids by local id
     */
    private static function export_requests(context $context, int $userid, array $requests): void {
        $writer = writer::with_context($context);
        $place = [get_string('pluginname', 'local_mzi'), get_string('entity_requests', 'local_mzi')];
        $files = \core\di::get(request_file_repository::class);
        $ids = array_keys($requests);
        foreach ([...array_merge(...array_values($files->documents($ids))), ...array_values($files->pictures($ids))] as $file) {
            $writer->export_file($place, $file);
        }
        $events = array_map(fn(\stdClass $event) => [
            'event_type' => $event->event_type,
            'reference' => $event->reference,
            'payload' => $event->payload,
            'status' => $event->status,
            'occurred_at' => transform::datetime((int) $event->occurred_at),
        ], array_values(\core\di::get(outbox_repository::class)->of_user($userid)));
        if ($events) {
            $writer->export_related_data($place, 'outbox', (object) ['events' => $events]);
        }
    }

    /**
     * Exports the photos of a person's records.
     *
     * @param context $context
     * @param int[] $studentids
     */
    private static function export_photos(context $context, array $studentids): void {
        $photos = \core\di::get(photo_repository::class);
        $place = [get_string('pluginname', 'local_mzi'), get_string('photo_export', 'local_mzi')];
        $rows = $photos->rows($studentids);
        if ($rows) {
            $records = array_map(fn(\stdClass $row) => self::readable((array) $row), array_values($rows));
            writer::with_context($context)->export_data($place, (object) ['records' => $records]);
        }
        foreach ($studentids as $studentid) {
            $file = $photos->file($studentid);
            if ($file) {
                writer::with_context($context)->export_custom_file($place, "$studentid.jpg", $file->get_content());
            }
        }
    }

    /**
     * A grade as its student may know it: without the result as long as it is not released.
     *
     * @param array $record
     * @return array
     */
    private static function as_released(array $record): array {
        return release_gate::is_released($record['grade_status'])
            ? $record
            : array_diff_key($record, array_flip(self::RESULTS));
    }

    /**
     * A row as a person reads it.
     *
     * @param array $row
     * @return array
     */
    private static function readable(array $row): array {
        unset($row['id'], $row['content_hash'], $row['submission_key'], $row['fingerprint']);
        foreach (self::TIMES as $column) {
            if (!empty($row[$column])) {
                $row[$column] = transform::datetime((int) $row[$column]);
            }
        }
        return $row;
    }

    /**
     * The name of each column as the metadata wants it.
     *
     * @param string[] $columns
     * @return array<string, string>
     */
    private static function fields(array $columns): array {
        return array_combine($columns, array_map(fn(string $column) => "field_$column", $columns));
    }

    /**
     * The rows about a person.
     *
     * @return personal_data_repository
     */
    private static function repository(): personal_data_repository {
        return \core\di::get(personal_data_repository::class);
    }
}
