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

use local_mzi\local\matching;

/**
 * Moodle users, looked up in bulk by what the CRM knows of them.
 *
 * Only users who can log in are found: not deleted, suspended or unconfirmed ones, nor the guest.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class user_repository {
    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    /**
     * Users by what identifies them in one way of matching, by one statement.
     *
     * @param matching $matching
     * @param string[] $values none of them empty
     * @return array<string, int[]> user ids by key(), one list for each value that matched
     */
    public function find(matching $matching, array $values): array {
        global $CFG;
        [$field, $column] = match ($matching) {
            matching::EXPLICIT => ['id', 'id'],
            matching::IDNUMBER => ['idnumber', 'idnumber'],
            matching::USERNAME => ['username', 'username'],
            matching::EMAIL => ['email', 'LOWER(email)'],
        };
        $wanted = array_values(array_unique(array_map(fn($value) => self::spelling($matching, (string) $value), $values)));
        [$in, $parameters] = $this->db->get_in_or_equal($wanted, SQL_PARAMS_NAMED);
        $users = $this->db->get_records_select(
            'user',
            "$column $in AND deleted = 0 AND suspended = 0 AND confirmed = 1 AND mnethostid = :host AND id <> :guest",
            $parameters + ['host' => $CFG->mnet_localhost_id, 'guest' => $CFG->siteguest],
            '',
            $field === 'id' ? 'id' : "id, $field"
        );
        $found = [];
        foreach ($users as $user) {
            $found[self::key($matching, $user->$field)][] = (int) $user->id;
        }
        return $found;
    }

    /**
     * Under what a value is found. MariaDB also matches other cases and accents; those get another key.
     *
     * @param matching $matching
     * @param string $value
     * @return string
     */
    public static function key(matching $matching, string $value): string {
        return '#' . self::spelling($matching, $value);
    }

    /**
     * A value as it is compared: addresses and user names have no upper case.
     *
     * @param matching $matching
     * @param string $value
     * @return string
     */
    private static function spelling(matching $matching, string $value): string {
        return match ($matching) {
            matching::USERNAME, matching::EMAIL => \core_text::strtolower($value),
            default => $value,
        };
    }
}
