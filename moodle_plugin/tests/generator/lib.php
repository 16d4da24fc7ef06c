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

use local_mzi\entity\registry;
use local_mzi\local\brake_mode;
use local_mzi\local\row_result;
use local_mzi\local\student;
use local_mzi\local\write_options;
use local_mzi\repository\student_repository;
use local_mzi\service\deletion;
use local_mzi\service\upsert;

/**
 * Records as the bridge sends them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class local_mzi_generator extends component_generator_base {
    /** @var int number of the last student made by student() */
    private int $students = 0;

    #[\Override]
    public function reset(): void {
        $this->students = 0;
    }

    /**
     * A record with what every record must have. Its hash follows from its content.
     *
     * @param string $entity
     * @param string $id CRM id
     * @param array $values columns, lists, or another version
     * @return stdClass
     */
    public function record(string $entity, string $id, array $values = []): stdClass {
        $hashed = array_diff_key($values, array_flip(['modified_time', 'read_time', 'content_hash']));
        $record = $values + [
            registry::get($entity)->key => $id,
            'modified_time' => 1000,
            'read_time' => 2000,
            'content_hash' => hash('sha256', $id . json_encode($hashed)),
        ];
        return json_decode(json_encode($record));
    }

    /**
     * Writes one record.
     *
     * @param string $entity
     * @param string $id
     * @param array $values
     * @return string what became of it
     */
    public function upsert(string $entity, string $id, array $values = []): string {
        return $this->apply($entity, [$this->record($entity, $id, $values)])[0]->action->value;
    }

    /**
     * Writes one student, by the next id and number.
     *
     * @param array $values columns other than the usual ones
     * @param int|null $userid the Moodle user it is linked to
     * @return student
     */
    public function student(array $values = [], ?int $userid = null): student {
        $number = ++$this->students;
        $id = sprintf('48000000000%08d', $number);
        $this->upsert('students', $id, $values + [
            'student_id' => sprintf('STU-%06d', $number),
            'display_name' => "Student Number $number",
            'status' => 'Active',
            'moodle_user_id' => $userid,
        ]);
        return \core\di::get(student_repository::class)->by_zoho_id($id);
    }

    /**
     * Writes a batch.
     *
     * @param string $entity
     * @param array $records
     * @param write_options $options
     * @return row_result[]
     */
    public function apply(string $entity, array $records, write_options $options = new write_options()): array {
        return \core\di::get(upsert::class)->apply(registry::get($entity), $records, $options);
    }

    /**
     * Deletes one record.
     *
     * @param string $entity
     * @param string $id
     * @param int $version
     * @return string what became of it
     */
    public function delete(string $entity, string $id, int $version): string {
        return \core\di::get(deletion::class)->apply(registry::get($entity), [$id], [$version])[0]->action->value;
    }

    /**
     * Deletes records, all at one time.
     *
     * @param string $entity
     * @param string[] $ids
     * @param int $version
     * @param brake_mode $mode
     * @return string[] what became of them
     */
    public function delete_all(string $entity, array $ids, int $version, brake_mode $mode = brake_mode::ON): array {
        $versions = array_fill(0, count($ids), $version);
        $results = \core\di::get(deletion::class)->apply(registry::get($entity), $ids, $versions, $mode);
        return array_map(fn(row_result $result) => $result->action->value, $results);
    }
}
