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

namespace local_mzi\external;

use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\entity\registry;
use local_mzi\repository\entity_repository;

/**
 * Lists ids, versions and content hashes, page by page, for comparing CRM and Moodle.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_manifest extends external_api {
    /** Most rows a page. */
    public const MAX_ROWS = 5000;

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'entity' => new external_value(PARAM_ALPHANUMEXT, 'Entity'),
            'after' => new external_value(PARAM_ALPHANUMEXT, 'Last id of the page before', VALUE_DEFAULT, ''),
            'limit' => new external_value(PARAM_INT, 'Most rows wanted, up to ' . self::MAX_ROWS, VALUE_DEFAULT, 1000),
        ]);
    }

    /**
     * One page.
     *
     * @param string $entity
     * @param string $after
     * @param int $limit
     * @return array rows and next, which is empty at the end
     */
    public static function execute(string $entity, string $after = '', int $limit = 1000): array {
        ['entity' => $entity, 'after' => $after, 'limit' => $limit] = self::validate_parameters(
            self::execute_parameters(),
            ['entity' => $entity, 'after' => $after, 'limit' => $limit]
        );
        sync_access::check();
        $definition = registry::get($entity);
        if ($limit < 1 || $limit > self::MAX_ROWS) {
            throw new \invalid_parameter_exception('limit must be 1 to ' . self::MAX_ROWS);
        }
        // One more than wanted says whether another page follows.
        $rows = \core\di::get(entity_repository::class)->manifest($definition, $after, $limit + 1);
        $page = array_slice($rows, 0, $limit);
        return ['rows' => $page, 'next' => count($rows) > $limit ? end($page)['id'] : ''];
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'rows' => new external_multiple_structure(new external_single_structure([
                'id' => new external_value(PARAM_ALPHANUMEXT, 'CRM id'),
                'modified_time' => new external_value(PARAM_INT, 'Version'),
                'content_hash' => new external_value(PARAM_ALPHANUM, 'Hash of the row, empty if only a tombstone was ever stored'),
                'deleted_at' => new external_value(PARAM_INT, 'Tombstone', VALUE_REQUIRED, null, NULL_ALLOWED),
                'linked' => new external_value(
                    PARAM_BOOL,
                    'Whether the person has a Moodle user; null where the entity has none',
                    VALUE_REQUIRED,
                    null,
                    NULL_ALLOWED
                ),
            ])),
            'next' => new external_value(PARAM_ALPHANUMEXT, 'What to send as after for the next page; empty at the end'),
        ]);
    }
}
