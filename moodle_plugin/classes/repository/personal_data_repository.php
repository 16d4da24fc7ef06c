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

namespace local_mzi\repository;

use local_mzi\entity\definition;
use local_mzi\entity\registry;
use local_mzi\entity\user_link;

/**
 * All rows about a person who has a Moodle account here.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class personal_data_repository {
    /** Entities with a column for the Moodle user. */
    private const LINKED = ['students', 'teachers', 'requests'];

    /** Other tables with such a column. */
    private const OTHERS = ['local_mzi_outbox'];

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param child_repository $children
     * @param sync_log_repository $log
     * @param closings_repository $closings
     * @param card_repository $cards
     * @param request_history_repository $history
     * @param request_file_repository $files
     * @param outbox_repository $outbox
     * @param photo_repository $photos
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var child_repository the tables of child rows */
        private readonly child_repository $children,
        /** @var sync_log_repository the log */
        private readonly sync_log_repository $log,
        /** @var closings_repository the closing changes that count */
        private readonly closings_repository $closings,
        /** @var card_repository which student cards were withdrawn */
        private readonly card_repository $cards,
        /** @var request_history_repository the states of requests */
        private readonly request_history_repository $history,
        /** @var request_file_repository files of requests */
        private readonly request_file_repository $files,
        /** @var outbox_repository what waits to be sent */
        private readonly outbox_repository $outbox,
        /** @var photo_repository the photos */
        private readonly photo_repository $photos,
    ) {
    }

    /**
     * The tables with a column for the Moodle user.
     *
     * @return string[] without prefix
     */
    public static function linked_tables(): array {
        return [...array_map(fn(string $name) => registry::get($name)->table, self::LINKED), ...self::OTHERS];
    }

    /**
     * The rows about a user: those linked to the account, and those that belong to a student who is.
     *
     * Requests that the CRM does not have yet are among them; they have no CRM id.
     *
     * @param int $userid
     * @return array<string, array<int, string|null>> CRM ids by local id, by entity; entities without rows are missing
     */
    public function of_user(int $userid): array {
        $students = $this->linked('students', $userid);
        $rows = ['students' => $students, 'teachers' => $this->linked('teachers', $userid)];
        foreach (registry::all() as $name => $definition) {
            if (isset($definition->columns['zoho_student_id'])) {
                $rows[$name] = $students ? $this->of_students($definition, $students) : [];
            }
        }
        $rows['requests'] += $this->linked('requests', $userid);
        return array_filter($rows);
    }

    /**
     * The rows that name a user as the teacher.
     *
     * @param int $userid
     * @return array<int, string|null> CRM ids of classes by local id
     */
    public function taught_by(int $userid): array {
        $teachers = $this->linked('teachers', $userid);
        if (!$teachers) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal(array_values($teachers));
        return $this->db->get_records_select_menu('local_mzi_classes', "zoho_teacher_id $in", $parameters, '', 'id, zoho_class_id');
    }

    /**
     * Deletes all that of_user() finds, with child rows, photos and log lines, and takes the teacher's name from classes.
     *
     * @param int $userid
     */
    public function delete_user(int $userid): void {
        $transaction = $this->db->start_delegated_transaction();
        $taught = $this->taught_by($userid);
        $this->cards->delete(array_keys($this->linked('students', $userid)));
        $rows = $this->of_user($userid);
        $requests = array_keys($rows['requests'] ?? []);
        $this->history->delete_requests($requests);
        $this->files->delete($requests, array_keys($rows['students'] ?? []));
        $this->outbox->delete_user($userid);
        $this->photos->delete(array_keys($rows['students'] ?? []));
        foreach ($rows as $name => $ids) {
            $definition = registry::get($name);
            $zohoids = array_values(array_filter($ids, fn(?string $id) => $id !== null));
            foreach ($definition->children as $child) {
                $this->children->delete($child, $zohoids);
            }
            $this->log->delete_records($zohoids);
            $this->closings->delete_records($zohoids);
            $this->db->delete_records_list($definition->table, 'id', array_keys($ids));
        }
        foreach (array_keys($taught) as $id) {
            $this->db->update_record('local_mzi_classes', ['id' => $id, 'zoho_teacher_id' => null, 'teacher_name' => null]);
        }
        $transaction->allow_commit();
    }

    /**
     * Rows of local requests that the CRM does not have yet.
     *
     * @param int[] $ids local ids
     * @return \stdClass[]
     */
    public function requests(array $ids): array {
        return $ids ? $this->db->get_records_list('local_mzi_requests', 'id', $ids) : [];
    }

    /**
     * Which student cards of a user were withdrawn.
     *
     * @param int $userid
     * @return \stdClass[]
     */
    public function cards(int $userid): array {
        return $this->cards->rows(array_keys($this->linked('students', $userid)));
    }

    /**
     * Rows linked to an account.
     *
     * @param string $name entity
     * @param int $userid
     * @return array<int, string|null> CRM ids by local id
     */
    private function linked(string $name, int $userid): array {
        $definition = registry::get($name);
        return $this->db->get_records_menu($definition->table, [user_link::COLUMN => $userid], '', "id, {$definition->key}");
    }

    /**
     * Rows that belong to students.
     *
     * @param definition $definition
     * @param string[] $students CRM ids
     * @return array<int, string|null> CRM ids by local id
     */
    private function of_students(definition $definition, array $students): array {
        [$in, $parameters] = $this->db->get_in_or_equal(array_values($students));
        return $this->db->get_records_select_menu(
            $definition->table,
            "zoho_student_id $in",
            $parameters,
            '',
            "id, {$definition->key}"
        );
    }
}
