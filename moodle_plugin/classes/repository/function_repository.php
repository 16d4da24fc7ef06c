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
 * The external functions that the bridge may call, as the site has them registered.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class function_repository {
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
     * All of them, by id, ordered by name.
     *
     * @return \stdClass[]
     */
    public function all(): array {
        return $this->db->get_records_sql(
            'SELECT f.*
               FROM {external_functions} f
               JOIN {external_services_functions} sf ON sf.functionname = f.name
               JOIN {external_services} s ON s.id = sf.externalserviceid
              WHERE f.component = :component AND s.component = :owner AND s.shortname = :service
           ORDER BY f.name',
            ['component' => 'local_mzi', 'owner' => 'local_mzi', 'service' => web_service_repository::SERVICE]
        );
    }
}
