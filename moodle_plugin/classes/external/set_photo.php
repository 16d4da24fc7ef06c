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
use local_mzi\service\json_parameter;
use local_mzi\service\photo_update;

/**
 * Takes over students' photos from the CRM.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class set_photo extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'photos' => new external_value(
                PARAM_RAW,
                'JSON list of objects: zoho_student_id; read_time; content_hash, the SHA-256 of the picture or null for none; ' .
                    'image, the picture in base64, absent where it is known already'
            ),
            'count' => new external_value(PARAM_INT, 'Number of photos sent'),
        ]);
    }

    /**
     * Stores the photos.
     *
     * @param string $photos
     * @param int $count
     * @return array count and one result per photo, in order
     */
    public static function execute(string $photos, int $count): array {
        ['photos' => $photos, 'count' => $count] = self::validate_parameters(
            self::execute_parameters(),
            ['photos' => $photos, 'count' => $count]
        );
        sync_access::check();
        $list = json_parameter::list('photos', $photos, $count);
        return results::export(\core\di::get(photo_update::class)->apply($list));
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
