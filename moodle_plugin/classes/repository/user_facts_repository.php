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
 * What is told of Moodle users.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class user_facts_repository {
    /** Columns that are texts. */
    private const TEXTS = ['username', 'firstname', 'lastname', 'email', 'idnumber', 'phone1', 'city', 'country'];

    /** Columns that are numbers. */
    private const NUMBERS = ['suspended', 'deleted', 'timecreated', 'timemodified'];

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
     * Users, deleted ones too.
     *
     * @param int[] $userids
     * @return array<int, array> by id
     */
    public function of(array $userids): array {
        $columns = [...self::TEXTS, ...self::NUMBERS];
        $rows = $userids ? $this->db->get_records_list('user', 'id', $userids, '', implode(',', ['id', ...$columns])) : [];
        $found = [];
        foreach ($rows as $row) {
            $facts = ['userid' => (int) $row->id];
            foreach (self::TEXTS as $column) {
                $facts[$column] = (string) $row->$column;
            }
            foreach (self::NUMBERS as $column) {
                $facts[$column] = (int) $row->$column;
            }
            $facts['countryname'] = self::country($facts['country']);
            $found[(int) $row->id] = $facts;
        }
        return $found;
    }

    /**
     * A country by its name, in English whatever the site's language.
     *
     * @param string $code of ISO 3166, or empty
     * @return string
     */
    private static function country(string $code): string {
        $strings = get_string_manager();
        $known = $code !== '' && $strings->string_exists($code, 'core_countries');
        return $known ? $strings->get_string($code, 'core_countries', null, 'en') : '';
    }

    /**
     * The full names of users.
     *
     * @param int[] $userids
     * @return array<int, string> by id
     */
    public function names(array $userids): array {
        $columns = implode(',', ['id', ...\core_user\fields::get_name_fields()]);
        $rows = $userids ? $this->db->get_records_list('user', 'id', $userids, '', $columns) : [];
        return array_map(fn(\stdClass $row) => fullname($row, true), $rows);
    }

    /**
     * The roles that users have in courses themselves, the most important role first.
     *
     * @param int[] $userids
     * @param int[] $courseids
     * @return array<string, \stdClass[]> roleid, shortname, component and itemid by "user:course"
     */
    public function roles(array $userids, array $courseids): array {
        if (!$userids || !$courseids) {
            return [];
        }
        [$users, $first] = $this->db->get_in_or_equal(array_unique($userids), SQL_PARAMS_NAMED, 'user');
        [$courses, $second] = $this->db->get_in_or_equal(array_unique($courseids), SQL_PARAMS_NAMED, 'course');
        $rows = $this->db->get_records_sql(
            "SELECT ra.id, ra.userid, ctx.instanceid AS courseid, ra.roleid, r.shortname, ra.component, ra.itemid
               FROM {role_assignments} ra
               JOIN {context} ctx ON ctx.id = ra.contextid
               JOIN {role} r ON r.id = ra.roleid
              WHERE ctx.contextlevel = :level AND ctx.instanceid $courses AND ra.userid $users
           ORDER BY r.sortorder, ra.id",
            ['level' => CONTEXT_COURSE] + $first + $second
        );
        $found = [];
        foreach ($rows as $row) {
            $found["{$row->userid}:{$row->courseid}"][] = $row;
        }
        return $found;
    }
}
