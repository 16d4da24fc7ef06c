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

use local_mzi\entity\child;
use local_mzi\entity\definition;
use local_mzi\local\action;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\incoming_row;
use local_mzi\local\misfit;
use local_mzi\local\row_result;

/**
 * Reads one record of a batch against the definition of its entity, naming every fault in it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class record_reader {
    /** @var fault[] what was wrong so far */
    private array $faults = [];

    /**
     * Use read().
     *
     * @param definition $definition
     */
    private function __construct(
        /** @var definition what the record should be */
        private readonly definition $definition,
    ) {
    }

    /**
     * The row to write, or the refusal.
     *
     * @param definition $definition
     * @param mixed $record
     * @return incoming_row|row_result
     */
    public static function read(definition $definition, mixed $record): incoming_row|row_result {
        if (!$record instanceof \stdClass) {
            return new row_result('', action::REJECTED, [new fault('', fault_code::WRONG_TYPE, 'object')]);
        }
        return (new self($definition))->row((array) $record);
    }

    /**
     * The row, or the refusal with all its reasons.
     *
     * @param array $record
     * @return incoming_row|row_result
     */
    private function row(array $record): incoming_row|row_result {
        $id = $this->take($record, $this->definition->key, value_reader::id(...));
        $modifiedtime = $this->take($record, 'modified_time', value_reader::time(...));
        $readtime = $this->take($record, 'read_time', value_reader::time(...));
        $contenthash = $this->take($record, 'content_hash', value_reader::content_hash(...));
        $values = $this->columns($record, $this->definition->columns);
        $children = $this->children($record);
        $this->refuse_unknown($record);
        return $this->faults
            ? new row_result($id ?? '', action::REJECTED, $this->faults)
            : new incoming_row($id, $modifiedtime, $readtime, $contenthash, $values, $children);
    }

    /**
     * Takes a field out of a record, reads it and notes what is wrong with it.
     *
     * @param array $record
     * @param string $field
     * @param callable $read
     * @param string $path what stands before the field's name in a fault
     * @return mixed null where it is faulty
     */
    private function take(array &$record, string $field, callable $read, string $path = ''): mixed {
        $value = $record[$field] ?? null;
        unset($record[$field]);
        try {
            return $read($value);
        } catch (misfit $misfit) {
            $this->faults[] = new fault($path . $field, $misfit->reason, $misfit->expected);
            return null;
        }
    }

    /**
     * Takes the columns that are there out of a record.
     *
     * @param array $record
     * @param \local_mzi\entity\column[] $columns
     * @param string $path
     * @return array<string, string|int|null>
     */
    private function columns(array &$record, array $columns, string $path = ''): array {
        $values = [];
        foreach (array_intersect_key($columns, $record) as $name => $column) {
            $values[$name] = $this->take($record, $name, fn($value) => value_reader::value($column, $value), $path);
        }
        return $values;
    }

    /**
     * Takes the lists that are there out of a record. Null is no list: it does not say that there are no rows.
     *
     * @param array $record
     * @return array<string, array[]>
     */
    private function children(array &$record): array {
        $lists = [];
        foreach (array_intersect_key($this->definition->children, $record) as $name => $child) {
            if (is_array($record[$name])) {
                $lists[$name] = $this->child_rows($child, $record[$name]);
            } else {
                $this->faults[] = new fault($name, fault_code::WRONG_TYPE, 'list');
            }
            unset($record[$name]);
        }
        return $lists;
    }

    /**
     * The rows of one list, in the order they came.
     *
     * @param child $child
     * @param array $list
     * @return array[]
     */
    private function child_rows(child $child, array $list): array {
        $nulls = array_map(fn() => null, $child->columns);
        $rows = [];
        foreach ($list as $position => $record) {
            $path = "{$child->name}[$position]";
            if (!$record instanceof \stdClass) {
                $this->faults[] = new fault($path, fault_code::WRONG_TYPE, 'object');
                continue;
            }
            $record = (array) $record;
            $id = $this->take($record, $child->key->name, fn($id) => value_reader::id($id, $child->key->length), "$path.");
            // MariaDB tells no upper from lower case in a unique key.
            $fold = $id === null ? "!$position" : '#' . strtolower($id);
            if (isset($rows[$fold])) {
                $this->faults[] = new fault("$path.{$child->key->name}", fault_code::DUPLICATE);
            }
            $values = $this->columns($record, $child->columns, "$path.");
            $this->refuse_unknown($record, "$path.");
            $rows[$fold] = [$child->key->name => $id] + $values + $nulls;
        }
        return array_values($rows);
    }

    /**
     * Notes what was not taken.
     *
     * @param array $record
     * @param string $path
     */
    private function refuse_unknown(array $record, string $path = ''): void {
        foreach (array_keys($record) as $field) {
            $this->faults[] = new fault($path . $field, fault_code::UNKNOWN_FIELD);
        }
    }
}
