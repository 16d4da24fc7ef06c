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

use core\context\system;
use core\output\named_templatable;
use local_mzi\local\bridge_settings;
use local_mzi\local\connection as connection_result;
use local_mzi\local\page\access_page;
use local_mzi\local\page\admin_page;
use local_mzi\local\ping;
use local_mzi\local\secret;

/**
 * What came of a test of the connection.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class connection implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param connection_result|null $result null before the test
     */
    public function __construct(
        /** @var connection_result|null null before the test */
        private readonly ?connection_result $result,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_connection';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $result = $this->result;
        return [
            'action' => admin_page::url('connection')->out(false),
            'sesskey' => sesskey(),
            'settings' => (new \moodle_url('/admin/settings.php', ['section' => 'local_mzi']))->out(false),
            'access' => self::access(),
            'address' => (string) get_config('local_mzi', 'bridgeurl'),
            'haskey' => secret::API_KEY->is_set(),
            'off' => !bridge_settings::is_on(),
            'tested' => $result !== null,
            'well' => $result?->is_back() ?? false,
            'there' => $result?->is_there() ?? false,
            'version' => $result?->ping?->version,
            'fault' => $result?->fault?->export(),
            'back' => $result?->is_back() ?? false,
            'backfault' => $result?->ping === null || $result->is_back() ? null : self::back($result->ping),
        ];
    }

    /**
     * Where the bridge is let in, for who may do it.
     *
     * @return string|null
     */
    private static function access(): ?string {
        $may = has_capability(access_page::CAPABILITY, system::instance());
        return $may ? admin_page::url('access')->out(false) : null;
    }

    /**
     * Why the bridge does not reach this site.
     *
     * @param ping $ping
     * @return array
     */
    private static function back(ping $ping): array {
        global $CFG;
        if ($ping->reached) {
            $sites = (object) ['this' => $CFG->wwwroot, 'other' => $ping->site];
            return ['message' => get_string('connection_othersite', 'local_mzi', $sites),
                'fix' => get_string('connection_othersite_fix', 'local_mzi')];
        }
        return [
            'message' => get_string('connection_noway', 'local_mzi'),
            'fix' => get_string('connection_noway_fix', 'local_mzi'),
            'word' => $ping->error,
            'said' => array_values(array_filter([$ping->message, $ping->fix])),
        ];
    }
}
