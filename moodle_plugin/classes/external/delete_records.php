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
use core_external\external_single_structure;
use core_external\external_value;
use local_mzi\entity\registry;
use local_mzi\service\deletion;
use local_mzi\service\json_parameter;
use local_mzi\service\options_reader;

/**
 * Marks records as deleted in the CRM. The rows stay as tombstones.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class delete_records extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'entity' => new external_value(PARAM_ALPHANUMEXT, 'Entity'),
            'ids' => new external_value(PARAM_RAW, 'JSON list of CRM ids'),
            'versions' => new external_value(PARAM_RAW, 'JSON list of the deletions\' times by the CRM\'s clock, epoch seconds'),
            'options' => new external_value(PARAM_RAW, 'JSON object as in an upsert; only brake matters', VALUE_DEFAULT, '{}'),
        ]);
    }

    /**
     * Sets the tombstones.
     *
     * @param string $entity
     * @param string $ids
     * @param string $versions
     * @param string $options
     * @return array count and one result per id, in order
     */
    public static function execute(string $entity, string $ids, string $versions, string $options = '{}'): array {
        ['entity' => $entity, 'ids' => $ids, 'versions' => $versions, 'options' => $options] = self::validate_parameters(
            self::execute_parameters(),
            ['entity' => $entity, 'ids' => $ids, 'versions' => $versions, 'options' => $options]
        );
        sync_access::check();
        $definition = registry::get($entity);
        $idlist = json_parameter::list('ids', $ids);
        $versionlist = json_parameter::list('versions', $versions, count($idlist));
        $brake = options_reader::read($definition, $options)->brake;
        return results::export(\core\di::get(deletion::class)->apply($definition, $idlist, $versionlist, $brake));
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return results::structure();
    }
}
