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

namespace local_mzi\service\payload;

use local_mzi\local\composed;
use local_mzi\repository\crm_link_repository;
use local_mzi\repository\user_facts_repository;
use local_mzi\service\bridge_account;
use local_mzi\service\student_linker;

/**
 * A user, as the profile is now.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class user_payload implements composer {
    /**
     * Constructor.
     *
     * @param user_facts_repository $users
     * @param crm_link_repository $links
     * @param student_linker $linker
     */
    public function __construct(
        /** @var user_facts_repository users */
        private readonly user_facts_repository $users,
        /** @var crm_link_repository what the CRM knows of them */
        private readonly crm_link_repository $links,
        /** @var student_linker links students to users who came after them */
        private readonly student_linker $linker,
    ) {
    }

    #[\Override]
    public function compose(array $references): array {
        $userids = array_map(fn(\stdClass $reference) => (int) $reference->userid, $references);
        $users = $this->users->of($userids);
        $this->linker->link(array_keys($users));
        $students = $this->links->students_of($userids);
        $bridge = (int) get_config('local_mzi', bridge_account::USER_SETTING);
        return array_map(fn(int $userid) => match (true) {
            $userid === $bridge => composed::skip('bridge_account'),
            !isset($users[$userid]) => composed::skip('gone'),
            default => composed::ready($users[$userid] + ['crm' => ['student_ids' => $students[$userid] ?? []]]),
        }, $userids);
    }
}
