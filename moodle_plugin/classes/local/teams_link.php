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

/**
 * The address of a team in Microsoft Teams.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @link       https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
 */
final class teams_link {
    /** Where teams live. */
    private const HOST = 'teams.microsoft.com';

    /**
     * The address behind what the CRM keeps as a class's team.
     *
     * @param string|null $id id of a thread ("19:…@thread.tacv2"), id of a group, or an address of Teams itself
     * @return string|null null for anything else, so that no other site can be linked to
     */
    public static function of(?string $id): ?string {
        $id = trim((string) $id);
        return match (true) {
            preg_match('/^19:[\w-]+@thread\.[\w.]+$/D', $id) === 1 =>
                'https://' . self::HOST . '/l/team/' . rawurlencode($id) . '/conversations',
            preg_match('/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/Di', $id) === 1 =>
                'https://' . self::HOST . '/l/team/conversations/General?groupId=' . strtolower($id),
            preg_match('~^https://' . preg_quote(self::HOST) . '/[^\s"<>\\\\]+$~D', $id) === 1 => $id,
            default => null,
        };
    }
}
