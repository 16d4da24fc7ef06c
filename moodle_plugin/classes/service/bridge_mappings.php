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

use local_mzi\event\mapping_saved;
use local_mzi\local\bridge_fault;
use local_mzi\local\bridge_trouble;
use local_mzi\local\json_reader;
use local_mzi\local\mapping_desk;
use local_mzi\local\mapping_finding;
use local_mzi\local\mapping_rule;
use local_mzi\local\module_mapping;

/**
 * Shows and changes the bridge's mappings. The bridge validates; nothing of that is repeated here.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_mappings {
    /**
     * Constructor.
     *
     * @param bridge_client $client
     */
    public function __construct(
        /** @var bridge_client the bridge */
        private readonly bridge_client $client,
    ) {
    }

    /**
     * The modules that are mapped.
     *
     * @return array<string, string> entities by module
     * @throws bridge_fault
     */
    public function modules(): array {
        return $this->client->modules();
    }

    /**
     * The mapping of a module.
     *
     * @param string $module
     * @return mapping_desk
     * @throws bridge_fault
     */
    public function open(string $module): mapping_desk {
        $mapping = $this->client->mapping($module);
        return new mapping_desk($mapping, $mapping->rules(), $mapping->findings, base: $mapping->version);
    }

    /**
     * Checks a mapping, or saves it.
     *
     * @param string $module
     * @param array<string, array<string, string>> $given from, type, transform and default, by column
     * @param int|null $base version that the page showed
     * @param string $note
     * @param bool $check nothing is saved
     * @return mapping_desk without a fault if it is well, or saved
     * @throws bridge_fault if the bridge does not answer
     */
    public function put(string $module, array $given, ?int $base, string $note, bool $check): mapping_desk {
        $mapping = $this->client->mapping($module);
        $rules = self::wanted($mapping, $given);
        try {
            $saved = $this->client->save_mapping($module, $mapping->with_rules($rules), $base, $note, $check);
        } catch (bridge_fault $fault) {
            if (!in_array($fault->trouble, [bridge_trouble::CONFLICT, bridge_trouble::INVALID], true)) {
                throw $fault;
            }
            $findings = mapping_finding::list_of(json_reader::of($fault->body));
            return new mapping_desk($mapping, $rules, $findings, $fault, note: $note, base: $base);
        }
        if (!$check) {
            mapping_saved::of($module, $saved->version)->trigger();
            bridge_watch::forget();
        }
        return new mapping_desk($mapping, $rules, $saved->findings, null, $check, $note, $base);
    }

    /**
     * The rules that somebody wants, for the columns that a form can hold.
     *
     * @param module_mapping $mapping
     * @param array<string, array<string, string>> $given
     * @return array<string, mapping_rule>
     */
    private static function wanted(module_mapping $mapping, array $given): array {
        $rules = $mapping->rules();
        foreach ($rules as $name => $rule) {
            if ($rule->is_plain() && isset($given[$name])) {
                $one = json_reader::of($given[$name]);
                $rules[$name] = $rule->changed(...array_map(
                    fn(string $key) => trim($one->text($key)),
                    ['from', 'type', 'transform', 'default']
                ));
            }
        }
        return $rules;
    }
}
