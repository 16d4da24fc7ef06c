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
use local_mzi\entity\column;
use local_mzi\entity\column_type;
use local_mzi\entity\definition;
use local_mzi\repository\child_repository;
use local_mzi\repository\entity_repository;

/**
 * Stored rows in the form the bridge sends them: numbers as numbers, money as text, details as JSON.
 *
 * The local id of a row means nothing outside and is left out.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class stored_rows {
    /** Columns every table has, all whole numbers. */
    private const TIMES = ['modified_time', 'synced_at', 'deleted_at', 'timecreated', 'timemodified', 'sortorder'];

    /**
     * Constructor.
     *
     * @param entity_repository $entities
     * @param child_repository $children
     */
    public function __construct(
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
        /** @var child_repository the tables of child rows */
        private readonly child_repository $children,
    ) {
    }

    /**
     * Rows by CRM id, with their child rows; tombstoned ones too.
     *
     * @param definition $definition
     * @param array $ids as json_decode gives them
     * @return array[]
     * @throws \invalid_parameter_exception if an id is no string
     */
    public function export(definition $definition, array $ids): array {
        if (array_filter($ids, fn($id) => !is_string($id) || !mb_check_encoding($id, 'UTF-8') || str_contains($id, "\0"))) {
            throw new \invalid_parameter_exception('ids must be strings');
        }
        if (!$ids) {
            return [];
        }
        $rows = [];
        foreach ($this->entities->rows($definition, array_unique($ids)) as $record) {
            $row = self::typed((array) $record, $definition->columns + $definition->local);
            $rows[entity_repository::fold($record->{$definition->key})] = $row + array_map(fn() => [], $definition->children);
        }
        foreach ($definition->children as $child) {
            $this->attach($rows, $child, array_column($rows, $definition->key));
        }
        return array_values($rows);
    }

    /**
     * Puts the child rows under their parents.
     *
     * @param array[] $rows by folded CRM id
     * @param child $child
     * @param string[] $parentids
     */
    private function attach(array &$rows, child $child, array $parentids): void {
        if (!$parentids) {
            return;
        }
        foreach ($this->children->rows($child, $parentids) as $record) {
            $parent = entity_repository::fold($record->{$child->parent});
            $rows[$parent][$child->name][] = self::typed((array) $record, $child->columns);
        }
    }

    /**
     * A row with its values in their types.
     *
     * @param array<string, string|null> $record
     * @param array<string, column> $columns
     * @return array
     */
    private static function typed(array $record, array $columns): array {
        unset($record['id']);
        foreach ($record as $name => $value) {
            $istime = in_array($name, self::TIMES, true);
            $type = $istime ? column_type::DATETIME : ($columns[$name] ?? null)?->type;
            $record[$name] = $value === null ? null : self::value($type ?? column_type::TEXT, $value);
        }
        return $record;
    }

    /**
     * One value in its type.
     *
     * @param column_type $type
     * @param string $value as the database gives it
     * @return mixed
     */
    private static function value(column_type $type, string $value): mixed {
        return match ($type) {
            column_type::INT, column_type::BOOL, column_type::DATETIME => (int) $value,
            column_type::JSON => json_decode($value),
            default => $value,
        };
    }
}
