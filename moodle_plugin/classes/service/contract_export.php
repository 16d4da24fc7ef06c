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

use core_external\external_api;
use core_external\external_description;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;

/**
 * The contract together with the functions and tables behind it, for building an emulator.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class contract_export {
    /**
     * Everything, sorted by key.
     *
     * @return array
     */
    public static function build(): array {
        global $CFG;
        $export = json_decode(json_encode(contract::entities(), JSON_THROW_ON_ERROR), true);
        foreach ($export['entities'] as &$entity) {
            $entity['children'] = (object) $entity['children'];
        }
        unset($entity);
        $export['functions'] = self::functions();
        $export['tables'] = self::tables($CFG->dirroot . '/local/mzi/db/install.xml');
        return self::sorted($export);
    }

    /**
     * The functions as this site has them registered.
     *
     * @return array
     */
    private static function functions(): array {
        $functions = [];
        foreach (\core\di::get(\local_mzi\repository\function_repository::class)->all() as $record) {
            $info = external_api::external_function_info($record);
            $functions[$info->name] = [
                'type' => $info->type,
                'capability' => $info->capabilities,
                'parameters' => array_map(self::parameter(...), $info->parameters_desc->keys),
                'returns' => self::described($info->returns_desc),
            ];
            $functions[$info->name]['parameters'] = (object) $functions[$info->name]['parameters'];
        }
        return $functions;
    }

    /**
     * One parameter.
     *
     * @param external_value $parameter
     * @return array
     */
    private static function parameter(external_value $parameter): array {
        $described = ['type' => $parameter->type, 'required' => $parameter->required === VALUE_REQUIRED];
        if ($parameter->required === VALUE_DEFAULT) {
            $described['default'] = $parameter->default;
        }
        return $described;
    }

    /**
     * A described result: {"object": {...}}, {"list": ...} or {"type", "null"}.
     *
     * @param external_description $description
     * @return array
     */
    private static function described(external_description $description): array {
        return match (true) {
            $description instanceof external_single_structure =>
                ['object' => (object) array_map(self::described(...), $description->keys)],
            $description instanceof external_multiple_structure =>
                ['list' => self::described($description->content)],
            default => ['type' => $description->type, 'null' => $description->allownull === NULL_ALLOWED],
        };
    }

    /**
     * The tables of install.xml.
     *
     * @param string $file
     * @return array
     */
    private static function tables(string $file): array {
        global $CFG;
        require_once($CFG->libdir . '/ddllib.php');
        $xml = new \xmldb_file($file);
        if (!$xml->fileExists() || !$xml->loadXMLStructure()) {
            throw new \ddl_exception('ddlxmlfileerror', null, $file);
        }
        $tables = [];
        foreach ($xml->getStructure()->getTables() as $table) {
            $tables[$table->getName()] = [
                'fields' => self::by_name($table->getFields(), self::field(...)),
                'keys' => self::by_name($table->getKeys(), fn(\xmldb_key $key) => [
                    'type' => $key->getType() === XMLDB_KEY_PRIMARY ? 'primary' : 'unique',
                    'fields' => $key->getFields(),
                ]),
                'indexes' => (object) self::by_name($table->getIndexes(), fn(\xmldb_index $index) => [
                    'unique' => (bool) $index->getUnique(),
                    'fields' => $index->getFields(),
                ]),
            ];
        }
        return $tables;
    }

    /**
     * XMLDB objects described, by their name.
     *
     * @param \xmldb_object[] $objects
     * @param callable $describe
     * @return array
     */
    private static function by_name(array $objects, callable $describe): array {
        $described = [];
        foreach ($objects as $object) {
            $described[$object->getName()] = $describe($object);
        }
        return $described;
    }

    /**
     * One field of a table.
     *
     * @param \xmldb_field $field
     * @return array
     */
    private static function field(\xmldb_field $field): array {
        $length = $field->getLength();
        $decimals = $field->getDecimals();
        $default = $field->getDefault();
        return [
            'type' => $field->getXMLDBTypeName($field->getType()),
            'length' => is_numeric($length) ? (int) $length : null,
            'decimals' => is_numeric($decimals) ? (int) $decimals : null,
            'notnull' => (bool) $field->getNotNull(),
            'sequence' => (bool) $field->getSequence(),
            'default' => is_numeric($default) ? (int) $default : $default,
        ];
    }

    /**
     * The same with the keys of every object in order.
     *
     * @param mixed $value
     * @return mixed
     */
    private static function sorted(mixed $value): mixed {
        if ($value instanceof \stdClass) {
            return (object) self::sorted((array) $value);
        }
        if (!is_array($value)) {
            return $value;
        }
        if (!array_is_list($value)) {
            ksort($value, SORT_STRING);
        }
        return array_map(self::sorted(...), $value);
    }
}
