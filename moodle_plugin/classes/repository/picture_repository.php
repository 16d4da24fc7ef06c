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

use core\context\system;
use local_mzi\service\file_access;

/**
 * Where the pictures of a student are kept.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class picture_repository {
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
     * The newest picture in each of the two areas, by one statement. One that waits counts with its request.
     *
     * @param int $studentid
     * @return array<string, \moodle_url> by file area; an area without a picture is missing
     */
    public function urls(int $studentid): array {
        $context = system::instance();
        [$before, $behind] = request_file_repository::PICTURE_NAME;
        $name = $this->db->sql_concat("'$before'", 'r.id', "'$behind'");
        $files = $this->db->get_records_sql(
            "SELECT f.id, f.filearea, f.filepath, f.filename, f.timemodified
               FROM {files} f
              WHERE f.contextid = :context AND f.component = 'local_mzi' AND f.itemid = :itemid AND f.filename <> '.'
                    AND (f.filearea = :photo OR (f.filearea = :pending AND EXISTS (
                             SELECT 1
                               FROM {local_mzi_students} s
                               JOIN {local_mzi_requests} r ON r.zoho_student_id = s.zoho_student_id
                              WHERE s.id = f.itemid AND r.deleted_at IS NULL AND f.filename = $name)))
           ORDER BY f.timemodified, f.id",
            [
                'context' => $context->id,
                'photo' => file_access::PHOTO,
                'pending' => file_access::PENDINGPHOTO,
                'itemid' => $studentid,
            ]
        );
        $urls = [];
        foreach ($files as $file) {
            $url = \moodle_url::make_pluginfile_url(
                $context->id,
                'local_mzi',
                $file->filearea,
                $studentid,
                $file->filepath,
                $file->filename
            );
            // A browser may keep a picture for as long as it is the same one.
            $url->param('rev', $file->timemodified);
            $urls[$file->filearea] = $url;
        }
        return $urls;
    }
}
