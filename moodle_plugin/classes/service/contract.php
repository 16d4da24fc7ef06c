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
use local_mzi\entity\registry;

/**
 * What the bridge may send, told from the entity definitions.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class contract {
    /** Raised whenever an older bridge could no longer talk to this plugin. */
    public const VERSION = 1;

    /** Most records a call. */
    public const MAX_RECORDS = 500;

    /**
     * The entities with their columns and types.
     *
     * @return array
     */
    public static function entities(): array {
        return [
            'contract_version' => self::VERSION,
            'max_records' => self::MAX_RECORDS,
            'entities' => array_map(self::entity(...), registry::all()),
        ];
    }

    /**
     * One entity.
     *
     * @param definition $definition
     * @return array
     */
    private static function entity(definition $definition): array {
        return [
            'table' => $definition->table,
            'key' => $definition->key,
            'columns' => array_map(self::column(...), $definition->columns),
            'children' => (object) array_map(self::child(...), $definition->children),
        ];
    }

    /**
     * One list of child rows.
     *
     * @param child $child
     * @return array
     */
    private static function child(child $child): array {
        return [
            'table' => $child->table,
            'key' => $child->key->name,
            'key_length' => $child->key->length,
            'parent' => $child->parent,
            'columns' => array_map(self::column(...), $child->columns),
        ];
    }

    /**
     * One column.
     *
     * @param column $column
     * @return array
     */
    private static function column(column $column): array {
        $described = ['type' => $column->type->value];
        if ($column->type === column_type::TEXT) {
            $described['length'] = $column->length;
        }
        return $described;
    }
}
