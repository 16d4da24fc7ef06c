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
use local_mzi\repository\web_service_repository;

/**
 * Whether the bridge can call this site: protocol, service, user, capabilities and token.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class web_service_health {
    /** What the access is made of, but for the token. */
    public const PARTS = ['protocol', 'service', 'user', 'role'];

    /** To which part a trouble belongs; without an account there are no rights either. */
    private const TROUBLES = [
        'protocol' => ['off', 'norest'],
        'service' => ['noservice', 'serviceoff'],
        'user' => ['nouser', 'suspended', 'notallowed'],
        'role' => ['nouser', 'nocapability'],
    ];

    /** A token that ends within so many days is trouble to come. */
    private const SOON = 14;

    /**
     * Constructor.
     *
     * @param web_service_repository $services
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var web_service_repository the service and its tokens */
        private readonly web_service_repository $services,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Whether the account of the bridge was made yet.
     *
     * @return bool
     */
    public function is_set_up(): bool {
        return self::userid() > 0;
    }

    /**
     * What keeps the bridge out, but for its token.
     *
     * @return string[] in words of the user's language
     */
    public function troubles(): array {
        return self::texts($this->found());
    }

    /**
     * The same by the parts of the access, in their order.
     *
     * @return array<int, string[]> in words of the user's language, empty for a part that is well
     */
    public function parts(): array {
        $found = $this->found();
        return array_map(
            fn(string $part) => self::texts(array_intersect(self::TROUBLES[$part], $found)),
            self::PARTS
        );
    }

    /**
     * What keeps the bridge out, but for its token.
     *
     * @return string[] names of troubles
     */
    private function found(): array {
        global $CFG;
        $service = $this->services->service();
        $user = self::userid() ? \core_user::get_user(self::userid()) : false;
        $troubles = [
            'off' => empty($CFG->enablewebservices),
            'norest' => !in_array('rest', explode(',', (string) ($CFG->webserviceprotocols ?? '')), true),
            'noservice' => $service === null,
            'serviceoff' => $service !== null && !$service->enabled,
            'nouser' => !$user || $user->deleted,
            'suspended' => $user && !$user->deleted && ($user->suspended || !$user->confirmed || $user->auth === 'nologin'),
            'notallowed' => $service && $user && !$this->services->is_authorised($service, (int) $user->id),
            'nocapability' => $user && !$user->deleted && !self::is_able((int) $user->id),
        ];
        return array_keys(array_filter($troubles));
    }

    /**
     * Troubles in words of the user's language.
     *
     * @param string[] $names
     * @return string[]
     */
    private static function texts(array $names): array {
        return array_map(fn(string $name) => get_string("webservice_$name", 'local_mzi'), array_values($names));
    }

    /**
     * When the token ends that lasts longest.
     *
     * @return int|null epoch seconds; 0 for never; null if there is no token
     */
    public function token_end(): ?int {
        $service = $this->services->service();
        $ends = $service === null ? [] : $this->services->token_ends($service, self::userid());
        return $ends ? (in_array(0, $ends, true) ? 0 : max($ends)) : null;
    }

    /**
     * Whether a token that ends then is over.
     *
     * @param int $end epoch seconds, not 0
     * @return bool
     */
    public function is_over(int $end): bool {
        return $end <= $this->clock->time();
    }

    /**
     * Whether a token that ends then ends soon.
     *
     * @param int $end epoch seconds, not 0
     * @return bool
     */
    public function is_soon(int $end): bool {
        return $end <= $this->clock->time() + self::SOON * DAYSECS;
    }

    /**
     * The account of the bridge.
     *
     * @return int 0 for none
     */
    private static function userid(): int {
        return (int) get_config('local_mzi', bridge_account::USER_SETTING);
    }

    /**
     * Whether a user has all that the bridge needs.
     *
     * @param int $userid
     * @return bool
     */
    private static function is_able(int $userid): bool {
        return has_all_capabilities(bridge_account::CAPABILITIES, system::instance(), $userid);
    }
}
