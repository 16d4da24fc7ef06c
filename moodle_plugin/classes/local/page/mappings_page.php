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

namespace local_mzi\local\page;

use local_mzi\local\bridge_fault;
use local_mzi\local\mapping_desk;
use local_mzi\output\admin\mapping;
use local_mzi\output\admin\mappings;
use local_mzi\service\bridge_mappings;

/**
 * The page that shows which field of the CRM fills which column, and changes it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mappings_page {
    /**
     * Shows the modules or one of them; checks or saves what is sent.
     */
    public static function show(): void {
        $module = optional_param('module', '', PARAM_ALPHANUMEXT);
        admin_page::open('mappings', $module === '' ? [] : ['module' => $module]);
        $service = \core\di::get(bridge_mappings::class);
        try {
            if ($module === '') {
                $body = new mappings($service->modules(), null);
            } else {
                $body = new mapping(admin_page::is_sent() ? self::put($service, $module) : $service->open($module));
            }
        } catch (bridge_fault $fault) {
            $body = new mappings([], $fault);
        }
        admin_page::show('mappings', $body);
    }

    /**
     * Checks or saves what is sent.
     *
     * @param bridge_mappings $service
     * @param string $module
     * @return mapping_desk
     * @throws bridge_fault
     */
    private static function put(bridge_mappings $service, string $module): mapping_desk {
        $given = [];
        foreach (['from', 'type', 'transform', 'default'] as $key) {
            foreach (optional_param_array($key, [], PARAM_RAW_TRIMMED) as $column => $value) {
                $given[$column][$key] = fix_utf8($value);
            }
        }
        $base = optional_param('base', '', PARAM_INT);
        $check = !optional_param('save', false, PARAM_BOOL);
        $note = \core_text::substr(optional_param('note', '', PARAM_TEXT), 0, 200);
        $desk = $service->put($module, $given, $base === '' ? null : (int) $base, $note, $check);
        if (!$check && $desk->fault === null) {
            admin_page::done(
                admin_page::url('mappings', ['module' => $module]),
                get_string('mappings_saved', 'local_mzi')
            );
        }
        return $desk;
    }
}
