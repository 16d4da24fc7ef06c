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

namespace local_mzi\local;

/**
 * The mapping of a module of the CRM, as the bridge has it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class module_mapping {
    /**
     * Use of().
     *
     * @param string $module
     * @param string $entity
     * @param int|null $version null for the preset
     * @param \stdClass $table the whole table, objects as objects
     * @param json_reader[] $fields api_name, label, type and subform
     * @param json_reader[] $columns name, type and length
     * @param json_reader[] $transforms name, from and options
     * @param mapping_finding[] $findings
     * @param json_reader|null $trouble why fields or columns cannot be told: error, message and fix, English
     */
    private function __construct(
        /** @var string module of the CRM */
        public readonly string $module,
        /** @var string entity here */
        public readonly string $entity,
        /** @var int|null null for the preset */
        public readonly ?int $version,
        /** @var \stdClass the whole table, objects as objects */
        public readonly \stdClass $table,
        /** @var json_reader[] fields of the CRM: api_name, label, type and subform */
        public readonly array $fields,
        /** @var json_reader[] columns here: name, type and length */
        public readonly array $columns,
        /** @var json_reader[] transforms: name, from and options */
        public readonly array $transforms,
        /** @var mapping_finding[] what is wrong */
        public readonly array $findings,
        /** @var json_reader|null why fields or columns cannot be told: error, message and fix, English */
        public readonly ?json_reader $trouble,
    ) {
    }

    /**
     * Reads an answer. Its table keeps its objects, so that it can be sent back as it came.
     *
     * @param string $body JSON
     * @return self
     */
    public static function of(string $body): self {
        $mapping = json_reader::of(json_decode($body, true));
        $table = json_decode($body)->table ?? null;
        return new self(
            $mapping->text('module'),
            $mapping->text('entity'),
            $mapping->number('version'),
            $table instanceof \stdClass ? $table : new \stdClass(),
            array_values($mapping->parts('fields')),
            array_values($mapping->parts('columns')),
            array_values($mapping->parts('transforms')),
            mapping_finding::list_of($mapping),
            $mapping->has('trouble') ? $mapping->part('trouble') : null,
        );
    }

    /**
     * The rules of the columns.
     *
     * @return array<string, mapping_rule> by column: those that have a rule, then those that could have one
     */
    public function rules(): array {
        $rules = [];
        foreach ((array) ($this->table->columns ?? []) as $name => $value) {
            $rules[$name] = mapping_rule::of($value);
        }
        foreach ($this->columns as $column) {
            $rules[$column->text('name')] ??= mapping_rule::of(null);
        }
        return $rules;
    }

    /**
     * The table with other rules. All that is not a rule of a column stays as it is.
     *
     * @param array<string, mapping_rule> $rules by column; one without a field takes the column out
     * @return \stdClass
     */
    public function with_rules(array $rules): \stdClass {
        $table = clone $this->table;
        $columns = clone ($table->columns ?? new \stdClass());
        foreach ($rules as $name => $rule) {
            $value = $rule->value();
            if ($value === null) {
                unset($columns->$name);
            } else {
                $columns->$name = $value;
            }
        }
        $table->columns = $columns;
        return $table;
    }
}
