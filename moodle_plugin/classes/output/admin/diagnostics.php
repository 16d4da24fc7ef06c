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

use core\check\check;
use core\check\result;
use core\output\named_templatable;
use local_mzi\local\json_reader;
use local_mzi\local\page\admin_page;
use local_mzi\local\seen_bridge;
use local_mzi\output\format;

/**
 * What is well and what is not.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class diagnostics implements \renderable, named_templatable {
    /** How a result looks. */
    private const KINDS = [
        result::OK => 'good',
        result::WARNING => 'warn',
        result::ERROR => 'bad',
        result::CRITICAL => 'bad',
    ];

    /** What is counted of each table. */
    private const NUMBERS = ['rows', 'deleted', 'unlinked', 'closings'];

    /**
     * Constructor.
     *
     * @param check[] $checks
     * @param array $status of the plugin
     * @param seen_bridge $bridge
     */
    public function __construct(
        /** @var check[] the checks */
        private readonly array $checks,
        /** @var array what the plugin tells of itself */
        private readonly array $status,
        /** @var seen_bridge the bridge */
        private readonly seen_bridge $bridge,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_diagnostics';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'checks' => array_map(fn(check $check) => self::check($check, $output), $this->checks),
            'facts' => $this->facts(),
            'tables' => array_map(fn(array $table) => [
                'entity' => get_string("entity_{$table['entity']}", 'local_mzi'),
                'numbers' => array_map(fn(string $name) => [
                    'label' => get_string("diagnostics_$name", 'local_mzi'),
                    'value' => format::number($table[$name]),
                ], self::NUMBERS),
            ], $this->status['counts']),
            'unlinked' => admin_page::url('unlinked')->out(false),
            'drift' => $this->bridge->state?->drift === null ? null : self::drift($this->bridge->state->drift),
            'unseen' => $this->bridge->fault?->export(),
        ];
    }

    /**
     * A check and its result.
     *
     * @param check $check
     * @param \renderer_base $output
     * @return array
     */
    private static function check(check $check, \renderer_base $output): array {
        $result = $check->get_result();
        $link = $check->get_action_link();
        $status = $result->get_status();
        return [
            'name' => $check->get_name(),
            'kind' => self::KINDS[$status] ?? '',
            'status' => get_string("status$status"),
            'summary' => $result->get_summary(),
            'details' => $result->get_details(),
            'link' => $link === null ? null : ['url' => $link->url->out(false), 'title' => (string) $link->text],
        ];
    }

    /**
     * What the plugin tells of itself.
     *
     * @return array[]
     */
    private function facts(): array {
        $facts = [
            'release' => $this->status['release'] . ' (' . $this->status['plugin_version'] . ')',
            'moodle' => $this->status['moodle_version'],
            'contract' => (string) $this->status['contract_version'],
            'functions' => format::number(count($this->status['functions'])),
            'matching' => implode(', ', $this->status['user_matching']),
        ];
        return array_map(fn(string $name, string $value) => [
            'label' => get_string("diagnostics_$name", 'local_mzi'),
            'values' => [$value],
        ], array_keys($facts), $facts);
    }

    /**
     * The last comparison of both sides.
     *
     * @param json_reader $drift
     * @return array
     */
    private static function drift(json_reader $drift): array {
        $kinds = fn(array $counts) => array_map(fn(string $kind, int $number) => [
            'kind' => $kind, 'number' => format::number($number),
        ], array_keys($counts), $counts);
        $modules = array_filter(array_map(fn(string $module) => [
            'module' => $module,
            'kinds' => $kinds(array_filter($drift->part('modules')->numbers($module))),
        ], array_keys($drift->part('modules')->all())), fn(array $one) => (bool) $one['kinds']);
        return [
            'at' => format::time($drift->number('at')),
            'agrees' => $drift->flag('agrees'),
            'kinds' => $kinds(array_filter($drift->numbers('counts'))),
            'modules' => array_values($modules),
        ];
    }
}
