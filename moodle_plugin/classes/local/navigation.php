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

namespace local_mzi\local;

use core_user\hook\extend_user_menu;
use core_user\output\myprofile\node;
use core_user\output\myprofile\tree;
use local_mzi\repository\student_repository;
use local_mzi\service\student_access;

/**
 * The links by which people find the pages.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class navigation {
    /**
     * Constructor.
     *
     * @param student_access $access
     * @param student_repository $students
     */
    public function __construct(
        /** @var student_access who sees whom */
        private readonly student_access $access,
        /** @var student_repository the students */
        private readonly student_repository $students,
    ) {
    }

    /**
     * Adds the links to the user menu.
     *
     * @param extend_user_menu $hook
     */
    public static function extend_user_menu(extend_user_menu $hook): void {
        foreach (\core\di::get(self::class)->links() as $identifier => $url) {
            $hook->add_navitem((object) [
                'itemtype' => 'link',
                'url' => $url,
                'title' => get_string($identifier, 'local_mzi'),
                'titleidentifier' => "$identifier,local_mzi",
            ]);
        }
    }

    /**
     * The links of the current user.
     *
     * @return array<string, \moodle_url> by the string that names the link
     */
    public function links(): array {
        $links = [];
        if ($this->access->own()) {
            $links['page_mystudies'] = new \moodle_url('/local/mzi/index.php');
        }
        if ($this->access->sees_all()) {
            $links['page_students'] = new \moodle_url('/local/mzi/search.php');
        }
        return $links;
    }

    /**
     * Adds a link to the profile of a user whose studies the current user may see.
     *
     * @param tree $tree
     * @param int $userid whose profile it is
     * @param bool $iscurrentuser
     */
    public function extend_profile(tree $tree, int $userid, bool $iscurrentuser): void {
        $student = $this->students->of_user($userid)[0] ?? null;
        if (!$student || !$this->access->allows($student)) {
            return;
        }
        $title = get_string($iscurrentuser ? 'page_mystudies' : 'page_studies', 'local_mzi');
        $url = tab::PROFILE->url($iscurrentuser ? null : $student->id);
        $tree->add_node(new node('miscellaneous', 'local_mzi', $title, null, $url));
    }
}
