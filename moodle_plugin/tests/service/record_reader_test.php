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
use local_mzi\local\incoming_row;
use local_mzi\local\row_result;

/**
 * How a record is read and its faults are named.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\record_reader
 * @covers     \local_mzi\local\fault
 */
final class record_reader_test extends \advanced_testcase {
    /** What every record must have. */
    private const META = [
        'modified_time' => 1,
        'read_time' => 2,
        'content_hash' => '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    ];

    /**
     * Reads a record.
     *
     * @param string $entity
     * @param array $record
     * @return incoming_row|row_result
     */
    private static function read(string $entity, array $record): incoming_row|row_result {
        return record_reader::read(registry::get($entity), json_decode(json_encode($record)));
    }

    /**
     * The faults of a refusal in short.
     *
     * @param incoming_row|row_result $result
     * @return string[]
     */
    private static function faults(incoming_row|row_result $result): array {
        self::assertInstanceOf(row_result::class, $result);
        return array_map(fn($fault) => "{$fault->field} {$fault->code->value}", $result->faults);
    }

    public function test_absent_is_absent_and_null_is_null(): void {
        $row = self::read('programs', self::META + ['zoho_program_id' => '1', 'name' => null]);

        $this->assertSame(['name' => null], $row->values);
        $this->assertSame([], $row->children);
    }

    public function test_every_fault_is_named_with_its_field(): void {
        $result = self::read('registrations', [
            'zoho_registration_id' => '1',
            'modified_time' => '1',
            'read_time' => -1,
            'content_hash' => str_repeat('A', 64),
            'registration_date' => '2024-02-30',
            'total_fees' => 1250,
            'currency' => 'EURO',
            'nonsense' => 1,
            'installments' => [
                ['zoho_installment_id' => '1', 'amount' => 'waived'],
                7,
                ['due_date' => null, 'sortorder' => 1],
                ['zoho_installment_id' => '1'],
            ],
        ]);

        $this->assertSame('1', $result->id);
        $this->assertEqualsCanonicalizing([
            'modified_time wrong_type', 'read_time out_of_range', 'content_hash invalid_value',
            'registration_date invalid_value', 'total_fees wrong_type', 'currency too_long',
            'installments[0].amount invalid_value', 'installments[1] wrong_type',
            'installments[2].zoho_installment_id required', 'installments[2].sortorder unknown_field',
            'installments[3].zoho_installment_id duplicate', 'nonsense unknown_field',
        ], self::faults($result));
    }

    public function test_what_every_record_needs_is_required(): void {
        $this->assertSame(
            ['zoho_program_id required', 'modified_time required', 'read_time required', 'content_hash required'],
            self::faults(self::read('programs', ['name' => 'A']))
        );
    }

    /**
     * Columns that the bridge must not write.
     *
     * @return array
     */
    public static function closed_columns(): array {
        return [
            'local id' => ['students', 'id'],
            'tombstone' => ['students', 'deleted_at'],
            'read time' => ['students', 'synced_at'],
            'enrolment state' => ['enrollments', 'moodle_enrolment_state'],
            'enrolment' => ['enrollments', 'moodle_user_enrolment_id'],
            'acknowledgement' => ['grades', 'acknowledged_at'],
            'request number' => ['requests', 'request_number'],
        ];
    }

    /**
     * Such a column is unknown.
     *
     * @dataProvider closed_columns
     * @param string $entity
     * @param string $column
     */
    public function test_a_column_of_moodle_cannot_be_written(string $entity, string $column): void {
        $record = self::META + [registry::get($entity)->key => '1', $column => 1];

        $this->assertSame(["$column unknown_field"], self::faults(self::read($entity, $record)));
    }

    public function test_null_is_no_list(): void {
        $record = self::META + ['zoho_unit_id' => '1', 'criteria' => null];

        $this->assertSame(['criteria wrong_type'], self::faults(self::read('units', $record)));
    }

    public function test_a_record_with_every_field_of_the_wrong_type_names_them_all(): void {
        foreach (registry::all() as $name => $definition) {
            $record = array_map(fn() => 1.5, $definition->columns + $definition->children + self::META + [$definition->key => 0]);

            $faults = self::faults(self::read($name, $record));

            $this->assertEqualsCanonicalizing(array_map(fn($field) => "$field wrong_type", array_keys($record)), $faults, $name);
        }
    }

    public function test_no_message_quotes_a_value(): void {
        $result = self::read('students', [
            'zoho_student_id' => 'SECRET SECRET',
            'modified_time' => 'SECRET',
            'content_hash' => 'SECRET',
            'birth_date' => 'SECRET',
            'academic_email' => str_repeat('SECRET', 100),
        ]);

        $told = json_encode([$result->id, array_map(fn($fault) => $fault->export(), $result->faults)]);
        $this->assertStringNotContainsString('SECRET', $told);
        $this->assertCount(6, $result->faults);
    }
}
