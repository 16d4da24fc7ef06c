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
 * Pictures that students want to have, until the office has decided.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class pending_photos {
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
     * The office has decided about requests; those without a picture are left alone.
     *
     * @param array<int, bool> $verdicts by local id of the request: true to show the picture, false to drop it
     */
    public function decide(array $verdicts): void {
        foreach ($this->files->pictures(array_keys($verdicts)) as $requestid => $picture) {
            if ($verdicts[$requestid]) {
                $this->files->show($picture);
            }
            $picture->delete();
        }
    }
}
