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

use local_mzi\local\bridge_fault;
use local_mzi\local\bridge_settings;
use local_mzi\local\bridge_trouble;
use local_mzi\local\json_reader;
use local_mzi\local\module_mapping;
use local_mzi\local\ping;
use local_mzi\local\posted;
use local_mzi\local\secret;
use local_mzi\local\sync_run;

/**
 * The bridge's extension API, as the pages of this plugin use it. Whatever goes wrong is a bridge_fault.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class bridge_client {
    /** Where the API begins. */
    private const API = '/api/v1';

    /**
     * Constructor.
     *
     * @param bridge_curl $curl
     */
    public function __construct(
        /** @var bridge_curl the way to the bridge */
        private readonly bridge_curl $curl,
    ) {
    }

    /**
     * How the bridge stands.
     *
     * @return array as bridge_state::of() takes it
     * @throws bridge_fault
     */
    public function state(): array {
        return $this->get('/extension/state');
    }

    /**
     * Has the bridge call this site back.
     *
     * @return ping
     * @throws bridge_fault
     */
    public function ping(): ping {
        global $CFG;
        return ping::of($this->send('POST', '/extension/ping', ['site' => $CFG->wwwroot]));
    }

    /**
     * The modules that are mapped.
     *
     * @return array<string, string> entities by module
     * @throws bridge_fault
     */
    public function modules(): array {
        $modules = [];
        foreach (json_reader::of($this->get('/extension/modules'))->parts('modules') as $module) {
            $modules[$module->text('module')] = $module->text('entity');
        }
        return $modules;
    }

    /**
     * The mapping of a module.
     *
     * @param string $module
     * @return module_mapping
     * @throws bridge_fault
     */
    public function mapping(string $module): module_mapping {
        return module_mapping::of($this->call(
            'GET',
            '/extension/field-mappings/' . rawurlencode($module),
            null,
            bridge_settings::page_timeout()
        )->body);
    }

    /**
     * Saves the mapping of a module, or has it checked.
     *
     * @param string $module
     * @param \stdClass $table whole
     * @param int|null $base version from which it was made
     * @param string $note
     * @param bool $check nothing is saved
     * @return module_mapping as it then is
     * @throws bridge_fault CONFLICT; INVALID with findings in its body
     */
    public function save_mapping(string $module, \stdClass $table, ?int $base, string $note, bool $check): module_mapping {
        return module_mapping::of($this->call(
            'PUT',
            '/extension/field-mappings/' . rawurlencode($module),
            self::json(['table' => $table, 'base_version' => $base, 'note' => $note, 'dry_run' => $check]),
            bridge_settings::timeout()
        )->body);
    }

    /**
     * The latest syncs that somebody asked for.
     *
     * @param int $limit
     * @return sync_run[] the newest first
     * @throws bridge_fault
     */
    public function history(int $limit): array {
        return sync_run::list_of($this->get("/extension/sync-history?limit=$limit&kind=job"));
    }

    /**
     * Starts a sync of an entity, or a full one of all.
     *
     * @param string|null $entity null for all
     * @param string $mode full or delta
     * @throws bridge_fault
     */
    public function start(?string $entity, string $mode): void {
        $this->send('POST', $entity === null ? '/admin/full-sync' : "/sync/$entity?mode=$mode");
    }

    /**
     * Pauses, resumes or cancels a sync.
     *
     * @param int $id
     * @param string $action pause, resume or cancel
     * @throws bridge_fault
     */
    public function steer(int $id, string $action): void {
        $this->send('POST', "/extension/syncs/$id/$action");
    }

    /**
     * Reads, and waits no longer than a page may.
     *
     * @param string $path
     * @return array
     * @throws bridge_fault
     */
    private function get(string $path): array {
        return self::decoded($this->call('GET', $path, null, bridge_settings::page_timeout()));
    }

    /**
     * Changes something.
     *
     * @param string $method
     * @param string $path
     * @param array|null $body
     * @return array
     * @throws bridge_fault
     */
    private function send(string $method, string $path, ?array $body = null): array {
        return self::decoded($this->call($method, $path, $body === null ? '' : self::json($body), bridge_settings::timeout()));
    }

    /**
     * One call.
     *
     * @param string $method
     * @param string $path
     * @param string|null $body
     * @param int $seconds
     * @return posted an answer that is well, with a JSON object
     * @throws bridge_fault
     */
    private function call(string $method, string $path, ?string $body, int $seconds): posted {
        try {
            $url = bridge_address::url(self::API . $path);
            $key = secret::API_KEY->read();
        } catch (\moodle_exception $exception) {
            throw new bridge_fault(bridge_trouble::of_exception($exception) ?? throw $exception);
        }
        if ($key === '') {
            throw new bridge_fault(bridge_trouble::NO_KEY);
        }
        $posted = $this->curl->request($method, $url, ["Authorization: Bearer $key"], $body, $seconds);
        $answer = self::decoded($posted);
        $trouble = bridge_trouble::of_answer($posted, $answer);
        return $trouble === null ? $posted : throw new bridge_fault($trouble, $answer ?? []);
    }

    /**
     * The body of an answer.
     *
     * @param posted $posted
     * @return array|null null if it is no JSON object
     */
    private static function decoded(posted $posted): ?array {
        $answer = json_decode($posted->body, true);
        return is_array($answer) ? $answer : null;
    }

    /**
     * A body.
     *
     * @param array $body
     * @return string
     */
    private static function json(array $body): string {
        return json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }
}
