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
use local_mzi\service\hand_link;

/**
 * Who a student is in Moodle, and whom else the student could be.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class link implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param \stdClass $student
     * @param string $query
     * @param \stdClass[] $users who fit the query
     * @param bool $identity whether e-mail address and ID number are shown
     * @param string $asked what is to be confirmed, empty for nothing
     * @param \stdClass|null $chosen whom the student is to be linked to
     */
    public function __construct(
        /** @var \stdClass the student */
        private readonly \stdClass $student,
        /** @var string what is looked for */
        private readonly string $query,
        /** @var \stdClass[] users who fit the query */
        private readonly array $users,
        /** @var bool whether e-mail address and ID number are shown */
        private readonly bool $identity,
        /** @var string what is to be confirmed, empty for nothing */
        private readonly string $asked,
        /** @var \stdClass|null whom the student is to be linked to */
        private readonly ?\stdClass $chosen,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_link';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $asks = $this->asked !== '' && ($this->asked !== 'link' || $this->chosen !== null);
        return [
            'action' => admin_page::url('link', ['student' => $this->student->id])->out(false),
            'back' => admin_page::url('unlinked')->out(false),
            'sesskey' => sesskey(),
            'student' => student_line::export($this->student),
            'query' => $this->query,
            'searched' => $this->query !== '',
            'users' => array_map($this->user(...), $this->users),
            'most' => count($this->users) === hand_link::USERS
                ? get_string('link_most', 'local_mzi', hand_link::USERS)
                : '',
            'asks' => $asks ? [
                'do' => $this->asked,
                'user' => $this->chosen?->id,
                'question' => get_string(
                    "link_confirm_{$this->asked}",
                    'local_mzi',
                    $this->chosen === null ? '' : fullname($this->chosen) . " ({$this->chosen->username})"
                ),
            ] : null,
        ];
    }

    /**
     * A user who fits.
     *
     * @param \stdClass $user
     * @return array
     */
    private function user(\stdClass $user): array {
        return [
            'id' => (int) $user->id,
            'fullname' => fullname($user),
            'username' => $user->username,
            'email' => $this->identity ? $user->email : '',
            'idnumber' => $this->identity ? $user->idnumber : '',
            'students' => $user->students ? get_string('link_students', 'local_mzi', $user->students) : '',
            'label' => get_string('link_choose_user', 'local_mzi', fullname($user)),
        ];
    }
}
