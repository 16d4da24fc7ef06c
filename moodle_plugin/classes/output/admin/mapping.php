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

namespace local_mzi\output\admin;

use core\output\named_templatable;
use local_mzi\local\json_reader;
use local_mzi\local\mapping_desk;
use local_mzi\local\mapping_finding;
use local_mzi\local\mapping_rule;
use local_mzi\local\page\admin_page;

/**
 * Which field of the CRM fills which column, for a module.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mapping implements \renderable, named_templatable {
    /** Types of columns. */
    private const TYPES = ['text', 'id', 'int', 'bool', 'date', 'datetime', 'money', 'json'];

    /** Types of a field that has parts. */
    private const LOOKUPS = ['lookup', 'ownerlookup', 'userlookup'];

    /**
     * Constructor.
     *
     * @param mapping_desk $desk
     */
    public function __construct(
        /** @var mapping_desk what lies on the page */
        private readonly mapping_desk $desk,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_mapping';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $mapping = $this->desk->mapping;
        $columns = array_keys($this->desk->rules);
        $placed = [];
        $others = [];
        foreach ($this->desk->findings as $finding) {
            $column = $finding->column($columns);
            if ($column === null) {
                $others[] = $finding->export();
            } else {
                $placed[$column][] = $finding->export();
            }
        }
        return [
            'action' => admin_page::url('mappings', ['module' => $mapping->module])->out(false),
            'back' => admin_page::url('mappings')->out(false),
            'sesskey' => sesskey(),
            'module' => $mapping->module,
            'entity' => mappings::entity($mapping->entity),
            'base' => $this->desk->base,
            'version' => $this->desk->base === null ? get_string('mappings_preset', 'local_mzi') : (string) $this->desk->base,
            'note' => $this->desk->note,
            'fault' => $this->desk->fault?->export(),
            'checked' => $this->desk->checked,
            'trouble' => $mapping->trouble === null ? null : ['said' => array_values(array_filter(
                [$mapping->trouble->text('message'), $mapping->trouble->text('fix')]
            ))],
            'findings' => $others,
            'fields' => $this->fields(),
            'rows' => array_map(
                fn(string $name) => $this->row($name, $this->desk->rules[$name], $placed[$name] ?? []),
                $columns
            ),
        ];
    }

    /**
     * The fields that are proposed, lookups with their parts.
     *
     * @return array[]
     */
    private function fields(): array {
        $fields = [['path' => 'id', 'label' => 'id']];
        foreach ($this->desk->mapping->fields as $field) {
            $name = $field->text('api_name');
            $label = $field->text('label') . ' · ' . $field->text('type');
            $ends = in_array($field->text('type'), self::LOOKUPS, true) ? ['.id', '.name'] : [''];
            foreach ($field->flag('subform') ? [] : $ends as $end) {
                $fields[] = ['path' => $name . $end, 'label' => $label];
            }
        }
        return $fields;
    }

    /**
     * A row of the form.
     *
     * @param string $name of the column
     * @param mapping_rule $rule
     * @param array[] $findings
     * @return array
     */
    private function row(string $name, mapping_rule $rule, array $findings): array {
        $column = current(array_filter(
            $this->desk->mapping->columns,
            fn(json_reader $one) => $one->text('name') === $name
        )) ?: json_reader::of([]);
        $type = $column->text('type');
        $iskey = $name === ($this->desk->mapping->table->key ?? null);
        return [
            'name' => $name,
            'about' => trim($type . ' ' . $column->text('length')),
            'plain' => $rule->is_plain() && !$iskey,
            'written' => $rule->is_plain() ? $rule->from : $rule->written(),
            'from' => $rule->from,
            'default' => (string) $rule->default,
            'types' => self::choices(self::TYPES, $rule->type),
            'transforms' => self::choices($this->transforms($rule), $rule->transform),
            'findings' => $findings,
            'wrong' => (bool) array_filter($findings, fn(array $finding) => $finding['iserror']),
        ];
    }

    /**
     * The transforms that fit the type of a rule's field.
     *
     * @param mapping_rule $rule
     * @return string[]
     */
    private function transforms(mapping_rule $rule): array {
        $type = '';
        foreach ($this->desk->mapping->fields as $field) {
            if ($field->text('api_name') === explode('.', $rule->from)[0]) {
                $type = $field->text('type');
            }
        }
        $fitting = array_filter($this->desk->mapping->transforms, function (json_reader $transform) use ($type): bool {
            $takes = $transform->texts('from');
            return $type === '' || !$takes || in_array($type, $takes, true) || in_array('any', $takes, true);
        });
        return array_values(array_map(fn(json_reader $transform) => $transform->text('name'), $fitting));
    }

    /**
     * The choices of a list; what is chosen is always one of them.
     *
     * @param string[] $values
     * @param string $chosen
     * @return array[]
     */
    private static function choices(array $values, string $chosen): array {
        $all = array_unique(['', ...$values, $chosen]);
        return array_values(array_map(fn(string $value) => [
            'value' => $value, 'chosen' => $value === $chosen, 'isnone' => $value === '',
        ], $all));
    }
}
