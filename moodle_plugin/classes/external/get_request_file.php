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
use local_mzi\service\request_file_reader;

/**
 * Returns a file that came with a request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_request_file extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'requestid' => new external_value(PARAM_INT, 'Local id of the request'),
            'contenthash' => new external_value(PARAM_ALPHANUM, 'SHA-1 of the content, as the event names it'),
        ]);
    }

    /**
     * The file.
     *
     * @param int $requestid
     * @param string $contenthash
     * @return array
     */
    public static function execute(int $requestid, string $contenthash): array {
        ['requestid' => $requestid, 'contenthash' => $contenthash] = self::validate_parameters(
            self::execute_parameters(),
            ['requestid' => $requestid, 'contenthash' => $contenthash]
        );
        sync_access::check();
        $file = \core\di::get(request_file_reader::class)->read($requestid, $contenthash);
        return [
            'filename' => $file->get_filename(),
            'mimetype' => (string) $file->get_mimetype(),
            'filesize' => (int) $file->get_filesize(),
            'contenthash' => $file->get_contenthash(),
            'content' => base64_encode($file->get_content()),
        ];
    }

    /**
     * Result.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'filename' => new external_value(PARAM_RAW, 'Name'),
            'mimetype' => new external_value(PARAM_RAW, 'Type'),
            'filesize' => new external_value(PARAM_INT, 'Bytes'),
            'contenthash' => new external_value(PARAM_ALPHANUM, 'SHA-1 of the content'),
            'content' => new external_value(PARAM_RAW, 'The content in base64'),
        ]);
    }
}
