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

namespace local_mzi\entity;

use local_mzi\service\contract_export;

/**
 * Definitions, install.xml and the database say the same.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\entity\registry
 * @covers     \local_mzi\entity\definition
 * @covers     \local_mzi\service\contract_export
 */
final class schema_test extends \advanced_testcase {
    /** Columns of every entity's table beside its own. */
    private const COMMON = ['id', 'modified_time', 'content_hash', 'synced_at', 'deleted_at', 'timecreated', 'timemodified'];

    /**
     * The tables as install.xml declares them.
     *
     * @return array
     */
    private static function tables(): array {
        return json_decode(json_encode(contract_export::build()), true)['tables'];
    }

    /**
     * What a column must look like in install.xml.
     *
     * @param column $column
     * @return array type, length, decimals
     */
    private static function declared(column $column): array {
        return match ($column->type) {
            column_type::TEXT => $column->length ? ['char', $column->length, null] : ['text', null, null],
            column_type::JSON => ['text', null, null],
            column_type::DATE => ['char', 10, null],
            column_type::MONEY => ['number', 12, 2],
            column_type::BOOL => ['int', 1, null],
            column_type::INT, column_type::DATETIME => ['int', 10, null],
        };
    }

    public function test_every_defined_column_is_in_the_table_with_its_type_and_nothing_else_is(): void {
        $tables = self::tables();
        foreach (registry::all() as $definition) {
            $fields = $tables[$definition->table]['fields'];
            $columns = $definition->columns + $definition->local;
            $this->assertEqualsCanonicalizing(
                [...self::COMMON, $definition->key, ...array_keys($columns)],
                array_keys($fields),
                $definition->table
            );
            $this->assert_declared($columns, $fields);
            foreach ($definition->children as $child) {
                $childfields = $tables[$child->table]['fields'];
                $this->assertEqualsCanonicalizing(
                    ['id', 'sortorder', $child->parent, $child->key->name, ...array_keys($child->columns)],
                    array_keys($childfields),
                    $child->table
                );
                $this->assert_declared($child->columns + [$child->key->name => $child->key], $childfields, [$child->key->name]);
            }
        }
    }

    /**
     * Fields must be as the columns say, and take null unless they are keys.
     *
     * @param column[] $columns
     * @param array $fields
     * @param string[] $keys
     */
    private function assert_declared(array $columns, array $fields, array $keys = []): void {
        foreach ($columns as $name => $column) {
            $field = $fields[$name];
            $this->assertSame(self::declared($column), [$field['type'], $field['length'], $field['decimals']], $name);
            $this->assertSame(in_array($name, $keys, true), $field['notnull'], $name);
        }
    }

    public function test_every_table_has_a_unique_key_and_every_reference_an_index(): void {
        foreach (self::tables() as $table => $declared) {
            $leading = array_map(fn($index) => $index['fields'][0], [...$declared['keys'], ...$declared['indexes']]);
            foreach (array_keys($declared['fields']) as $field) {
                if (preg_match('/^(zoho_\w+_id|moodle_user_id)$/', $field)) {
                    $this->assertContains($field, $leading, "$table.$field");
                }
            }
        }
        foreach (registry::all() as $definition) {
            $keys = self::tables()[$definition->table]['keys'];
            $this->assertSame(['fields' => [$definition->key], 'type' => 'unique'], $keys[$definition->key]);
        }
    }

    public function test_the_database_is_what_install_xml_declares(): void {
        global $DB;
        $errors = $DB->get_manager()->check_database_schema($DB->get_manager()->get_install_xml_schema());

        $this->assertSame([], array_filter(
            $errors,
            fn(string $table) => str_starts_with($table, 'local_mzi_'),
            ARRAY_FILTER_USE_KEY
        ));
    }

    public function test_an_upgrade_from_the_first_version_leaves_the_installed_schema(): void {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/local/mzi/db/upgrade.php');
        $before = array_map(fn(definition $definition) => $DB->get_columns($definition->table, false), registry::all());

        $this->assertTrue(xmldb_local_mzi_upgrade(2026112100));

        $after = array_map(fn(definition $definition) => $DB->get_columns($definition->table, false), registry::all());
        $this->assertEquals($before, $after);
    }

    public function test_the_export_describes_every_function_and_is_sorted(): void {
        $export = json_decode(json_encode(contract_export::build()), true);

        $this->assertSame(['contract_version', 'entities', 'functions', 'max_records', 'tables'], array_keys($export));
        $this->assertArrayHasKey('local_mzi_get_student_dashboard', $export['functions']);
        $this->assertArrayNotHasKey('local_mzi_get_tab', $export['functions']);
        $upsert = $export['functions']['local_mzi_upsert_students'];
        $this->assertSame(['write', 'local/mzi:sync'], [$upsert['type'], $upsert['capability']]);
        $this->assertSame(['required' => true, 'type' => 'raw'], $upsert['parameters']['records']);
        $this->assertSame('', $export['functions']['local_mzi_get_manifest']['parameters']['after']['default']);
        $this->assertSame('int', $upsert['returns']['object']['results']['list']['object']['index']['type']);
        $names = array_keys($export['tables']['local_mzi_students']['fields']);
        $sorted = $names;
        sort($sorted, SORT_STRING);
        $this->assertSame($sorted, $names);
    }

    public function test_an_unknown_entity_is_refused(): void {
        $this->expectException(\invalid_parameter_exception::class);
        registry::get('sync_log');
    }
}
