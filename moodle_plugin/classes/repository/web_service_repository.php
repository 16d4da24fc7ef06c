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

namespace local_mzi\repository;

/**
 * The bridge's service, who may use it, and its tokens.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class web_service_repository {
    /** Short name of the service in db/services.php. */
    public const SERVICE = 'local_mzi_bridge';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * The service.
     *
     * @return \stdClass|null null before the plugin's installation is complete
     */
    public function service(): ?\stdClass {
        return $this->db->get_record('external_services', ['shortname' => self::SERVICE, 'component' => 'local_mzi']) ?: null;
    }

    /**
     * Switches the service on, for authorised users only.
     *
     * @param \stdClass $service
     */
    public function enable(\stdClass $service): void {
        if (!$service->enabled || !$service->restrictedusers) {
            $this->db->update_record('external_services', ['id' => $service->id, 'enabled' => 1, 'restrictedusers' => 1]);
        }
    }

    /**
     * Lets a user use the service, without end and from every address.
     *
     * @param \stdClass $service
     * @param int $userid
     */
    public function authorise(\stdClass $service, int $userid): void {
        $who = ['externalserviceid' => $service->id, 'userid' => $userid];
        $row = $this->db->get_record('external_services_users', $who);
        if (!$row) {
            $this->db->insert_record('external_services_users', $who + ['timecreated' => $this->clock->time()]);
        } else if ($row->validuntil) {
            $this->db->set_field('external_services_users', 'validuntil', null, ['id' => $row->id]);
        }
    }

    /**
     * The user's valid token for the service.
     *
     * @param \stdClass $service
     * @param int $userid
     * @return string|null
     */
    public function token(\stdClass $service, int $userid): ?string {
        return $this->valid_token($service, $userid)?->token;
    }

    /**
     * The id of the user's valid token for the service.
     *
     * @param \stdClass $service
     * @param int $userid
     * @return int|null
     */
    public function token_id(\stdClass $service, int $userid): ?int {
        $token = $this->valid_token($service, $userid);
        return $token ? (int) $token->id : null;
    }

    /**
     * The newest of the user's valid tokens for the service.
     *
     * @param \stdClass $service
     * @param int $userid
     * @return \stdClass|null id and token
     */
    private function valid_token(\stdClass $service, int $userid): ?\stdClass {
        $tokens = $this->db->get_records_select(
            'external_tokens',
            'externalserviceid = ? AND userid = ? AND tokentype = ? AND (validuntil IS NULL OR validuntil = 0 OR validuntil > ?)',
            [$service->id, $userid, EXTERNAL_TOKEN_PERMANENT, $this->clock->time()],
            'id DESC',
            'id, token',
            0,
            1
        );
        return reset($tokens) ?: null;
    }

    /**
     * Whether a user may use the service now.
     *
     * @param \stdClass $service
     * @param int $userid
     * @return bool
     */
    public function is_authorised(\stdClass $service, int $userid): bool {
        return !$service->restrictedusers || $this->db->record_exists_select(
            'external_services_users',
            'externalserviceid = ? AND userid = ? AND (validuntil IS NULL OR validuntil = 0 OR validuntil > ?)',
            [$service->id, $userid, $this->clock->time()]
        );
    }

    /**
     * When the user's tokens for the service end.
     *
     * @param \stdClass $service
     * @param int $userid
     * @return int[] epoch seconds, 0 for never
     */
    public function token_ends(\stdClass $service, int $userid): array {
        return array_map('intval', array_values($this->db->get_records_menu(
            'external_tokens',
            ['externalserviceid' => $service->id, 'userid' => $userid, 'tokentype' => EXTERNAL_TOKEN_PERMANENT],
            '',
            'id, validuntil'
        )));
    }

    /**
     * Deletes the user's tokens for the service.
     *
     * @param \stdClass $service
     * @param int $userid
     */
    public function delete_tokens(\stdClass $service, int $userid): void {
        $this->db->delete_records('external_tokens', ['externalserviceid' => $service->id, 'userid' => $userid]);
    }
}
