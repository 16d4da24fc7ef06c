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

namespace local_mzi\service;

use local_mzi\repository\request_file_repository;

/**
 * Finds the files of a request for the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_file_reader {
    /** Most bytes of a file that is handed over: the CRM takes no larger attachment. */
    public const MAX_BYTES = 20 * 1024 * 1024;

    /**
     * Constructor.
     *
     * @param request_file_repository $files
     */
    public function __construct(
        /** @var request_file_repository files of requests */
        private readonly request_file_repository $files,
    ) {
    }

    /**
     * A document of a request, or the picture that waits for its decision.
     *
     * @param int $requestid local id
     * @param string $contenthash
     * @return \stored_file
     * @throws \moodle_exception invalidrecord if the request has no such file, request_filetoolarge
     */
    public function read(int $requestid, string $contenthash): \stored_file {
        $files = [
            ...$this->files->documents([$requestid])[$requestid] ?? [],
            ...array_values($this->files->pictures([$requestid])),
        ];
        foreach ($files as $file) {
            if ($file->get_contenthash() === $contenthash) {
                if ($file->get_filesize() > self::MAX_BYTES) {
                    throw new \moodle_exception('request_filetoolarge', 'local_mzi', '', self::MAX_BYTES);
                }
                return $file;
            }
        }
        throw new \moodle_exception('invalidrecord', 'error', '', 'files');
    }
}
