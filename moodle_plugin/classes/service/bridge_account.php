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

use core\context\system;
use local_mzi\event\bridge_access_changed;
use local_mzi\repository\role_repository;
use local_mzi\repository\web_service_repository;

/**
 * The account by which the bridge calls this site: user, role, service and token, made or repaired.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_account {
    /** Setting with the id of the account, for which no events are noted. */
    public const USER_SETTING = 'bridge_userid';

    /** What the user has as ID number; an account without it is somebody else's. */
    public const IDNUMBER = 'local_mzi_bridge';

    /** The user name, if no other is chosen. */
    public const USERNAME = 'mzi_bridge';

    /** Seconds to wait for another request that sets the account up. */
    private const PATIENCE = 10;

    /** Short name of the role. */
    public const ROLE = 'mzibridge';

    /** All the role may do. */
    public const CAPABILITIES = ['webservice/rest:use', 'local/mzi:sync'];

    /**
     * Constructor.
     *
     * @param web_service_repository $services
     * @param role_repository $roles
     */
    public function __construct(
        /** @var web_service_repository the service and its tokens */
        private readonly web_service_repository $services,
        /** @var role_repository roles by name */
        private readonly role_repository $roles,
    ) {
    }

    /**
     * Makes what is missing and repairs what is wrong. A valid token is kept.
     *
     * @param string $username
     * @param bool $rotate whether the token is to be replaced
     * @return array{token: string, isnew: bool, userid: int, service: string}
     * @throws \moodle_exception if it cannot be made, or another request is at it
     */
    public function set_up(string $username, bool $rotate = false): array {
        return $this->alone(fn() => $this->make($username, $rotate));
    }

    /**
     * Replaces the token, if it is still the one that is meant: who sends a form again gets no other token.
     *
     * @param int $tokenid of the token to be replaced
     * @return array{token: string, isnew: bool, userid: int, service: string}
     * @throws \moodle_exception if there is another token or none by now, or another request is at it
     */
    public function renew(int $tokenid): array {
        return $this->alone(function () use ($tokenid): array {
            $username = $this->username();
            if ($username === null || $this->token_id() !== $tokenid) {
                throw new \moodle_exception('access_stale', 'local_mzi');
            }
            return $this->make($username, true);
        });
    }

    /**
     * The user name of the account that is there.
     *
     * @return string|null
     */
    public function username(): ?string {
        $user = \core_user::get_user((int) get_config('local_mzi', self::USER_SETTING));
        return $user && !$user->deleted && $user->idnumber === self::IDNUMBER ? $user->username : null;
    }

    /**
     * The id of the account's valid token.
     *
     * @return int|null
     */
    public function token_id(): ?int {
        $service = $this->services->service();
        return $service ? $this->services->token_id($service, (int) get_config('local_mzi', self::USER_SETTING)) : null;
    }

    /**
     * Does something while no other request does it.
     *
     * @param callable $work
     * @return array what it returns
     * @throws \moodle_exception if another request keeps the lock
     */
    private function alone(callable $work): array {
        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_access')->get_lock('account', self::PATIENCE);
        if (!$lock) {
            throw new \moodle_exception('access_busy', 'local_mzi');
        }
        try {
            return $work();
        } finally {
            $lock->release();
        }
    }

    /**
     * Makes and repairs all parts.
     *
     * @param string $username
     * @param bool $rotate whether the token is to be replaced
     * @return array{token: string, isnew: bool, userid: int, service: string}
     * @throws \moodle_exception
     */
    private function make(string $username, bool $rotate): array {
        $service = $this->services->service() ?? throw new \moodle_exception('setup_noservice', 'local_mzi');
        $this->enable_rest();
        $userid = $this->user($username);
        set_config(self::USER_SETTING, $userid, 'local_mzi');
        $this->role($userid);
        $this->services->enable($service);
        $this->services->authorise($service, $userid);
        if ($rotate) {
            $this->services->delete_tokens($service, $userid);
        }
        $kept = $this->services->token($service, $userid);
        $token = $kept ?? $this->new_token($service, $userid);
        bridge_access_changed::of($userid, $kept === null)->trigger();
        return [
            'token' => $token,
            'isnew' => $kept === null,
            'userid' => $userid,
            'service' => $service->shortname,
        ];
    }

    /**
     * Switches web services and the REST protocol on.
     *
     * @throws \moodle_exception if config.php forces them off
     */
    private function enable_rest(): void {
        global $CFG;
        set_config('enablewebservices', 1);
        \core\plugininfo\webservice::enable_plugin('rest', 1);
        if (empty($CFG->enablewebservices)) {
            throw new \moodle_exception('setup_forced', 'local_mzi', '', 'enablewebservices');
        }
        if (!in_array('rest', explode(',', (string) $CFG->webserviceprotocols), true)) {
            throw new \moodle_exception('setup_forced', 'local_mzi', '', 'webserviceprotocols');
        }
    }

    /**
     * The user, who cannot log in but by token.
     *
     * @param string $username
     * @return int
     * @throws \moodle_exception if the name is no user name, or somebody else's
     */
    private function user(string $username): int {
        global $CFG;
        require_once($CFG->dirroot . '/user/lib.php');
        if ($username === '' || $username !== \core_user::clean_field($username, 'username')) {
            throw new \moodle_exception('setup_badusername', 'local_mzi', '', $username);
        }
        $user = \core_user::get_user_by_username($username, '*', $CFG->mnet_localhost_id);
        if ($user && $user->idnumber !== self::IDNUMBER) {
            throw new \moodle_exception('setup_usertaken', 'local_mzi', '', $username);
        }
        if (!$user) {
            return $this->create_user($username);
        }
        if ($user->suspended || !$user->confirmed || $user->auth !== 'webservice') {
            $repaired = ['id' => $user->id, 'suspended' => 0, 'confirmed' => 1, 'auth' => 'webservice'];
            user_update_user((object) $repaired, false);
        }
        return (int) $user->id;
    }

    /**
     * A new user.
     *
     * @param string $username
     * @return int
     */
    private function create_user(string $username): int {
        global $CFG;
        return user_create_user((object) [
            'username' => $username,
            'auth' => 'webservice',
            'password' => AUTH_PASSWORD_NOT_CACHED,
            'firstname' => 'MZI',
            'lastname' => 'bridge',
            'email' => "$username@example.invalid",
            'emailstop' => 1,
            'idnumber' => self::IDNUMBER,
            'confirmed' => 1,
            'mnethostid' => $CFG->mnet_localhost_id,
        ], false);
    }

    /**
     * The role with its capabilities, given to the user in the whole site.
     *
     * @param int $userid
     */
    private function role(int $userid): void {
        $context = system::instance();
        $roleid = $this->roles->id(self::ROLE) ?? create_role(
            get_string('bridgerole', 'local_mzi'),
            self::ROLE,
            get_string('bridgerole_desc', 'local_mzi')
        );
        set_role_contextlevels($roleid, [CONTEXT_SYSTEM]);
        foreach (self::CAPABILITIES as $capability) {
            assign_capability($capability, CAP_ALLOW, $roleid, $context, true);
        }
        role_assign($roleid, $userid, $context);
    }

    /**
     * A new token that does not end.
     *
     * @param \stdClass $service
     * @param int $userid
     * @return string
     */
    private function new_token(\stdClass $service, int $userid): string {
        return \core_external\util::generate_token(
            EXTERNAL_TOKEN_PERMANENT,
            $service,
            $userid,
            system::instance(),
            0,
            '',
            'MZI bridge'
        );
    }
}
