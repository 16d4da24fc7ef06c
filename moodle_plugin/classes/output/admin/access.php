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
use local_mzi\local\page\admin_page;
use local_mzi\service\web_service_health;

/**
 * How the bridge's access to this site stands, and the way to make, mend and renew it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class access implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param web_service_health $health
     * @param string $username of the account that is there or is to be made
     * @param int|null $current id of the token that is valid
     * @param string $asked what only needs the last word: setup, renew, or nothing
     * @param string|null $token a token made by this request
     */
    public function __construct(
        /** @var web_service_health how the parts stand */
        private readonly web_service_health $health,
        /** @var string user name of the account that is there or is to be made */
        private readonly string $username,
        /** @var int|null id of the token that is valid */
        private readonly ?int $current,
        /** @var string what only needs the last word: setup, renew, or nothing */
        private readonly string $asked,
        /** @var string|null a token made by this request */
        private readonly ?string $token,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_access';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        global $CFG;
        return [
            'action' => admin_page::url('access')->out(false),
            'connection' => admin_page::url('connection')->out(false),
            'sesskey' => sesskey(),
            'site' => $CFG->wwwroot,
            'parts' => [...array_map(self::part(...), web_service_health::PARTS, $this->health->parts()), $this->token_part()],
            'isnew' => !$this->health->is_set_up(),
            'username' => $this->username,
            'current' => $this->current,
            'asks' => $this->asked === '' ? null : $this->question(),
            'token' => $this->token,
        ];
    }

    /**
     * One part of the access.
     *
     * @param string $name
     * @param string[] $troubles
     * @return array
     */
    private static function part(string $name, array $troubles): array {
        return [
            'name' => get_string("access_part_$name", 'local_mzi'),
            'well' => !$troubles,
            'said' => implode(' ', $troubles),
        ];
    }

    /**
     * The token as a part: whether there is one and when it ends, never what it is.
     *
     * @return array
     */
    private function token_part(): array {
        $end = $this->health->token_end();
        return [
            'name' => get_string('access_part_token', 'local_mzi'),
            'well' => $this->current !== null,
            'said' => match (true) {
                $end === null => get_string('token_none', 'local_mzi'),
                $end === 0 => get_string('token_endless', 'local_mzi'),
                $this->health->is_over($end) => get_string('token_over', 'local_mzi', userdate($end)),
                default => get_string('token_ends', 'local_mzi', userdate($end)),
            },
        ];
    }

    /**
     * The question before a change.
     *
     * @return array
     */
    private function question(): array {
        return [
            'do' => $this->asked,
            'question' => get_string("access_ask_{$this->asked}", 'local_mzi', $this->username),
            'yes' => get_string("access_yes_{$this->asked}", 'local_mzi'),
        ];
    }
}
