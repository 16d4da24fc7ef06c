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
use local_mzi\entity\registry;
use local_mzi\local\bridge_fault;
use local_mzi\local\page\admin_page;

/**
 * The modules that are mapped.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mappings implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param array<string, string> $modules entities by module
     * @param bridge_fault|null $fault why they cannot be had
     */
    public function __construct(
        /** @var array<string, string> entities by module */
        private readonly array $modules,
        /** @var bridge_fault|null why they cannot be had */
        private readonly ?bridge_fault $fault,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_mappings';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'fault' => $this->fault?->export(),
            'modules' => array_map(fn(string $module, string $entity) => [
                'module' => $module,
                'entity' => self::entity($entity),
                'url' => admin_page::url('mappings', ['module' => $module])->out(false),
            ], array_keys($this->modules), $this->modules),
        ];
    }

    /**
     * The name of an entity.
     *
     * @param string $entity
     * @return string
     */
    public static function entity(string $entity): string {
        return in_array($entity, registry::names(), true) ? get_string("entity_$entity", 'local_mzi') : $entity;
    }
}
