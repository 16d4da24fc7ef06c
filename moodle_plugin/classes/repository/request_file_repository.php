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
 * Files that came with requests, and pictures that wait for a decision.
 *
 * A file of a request lies under the request's row; a picture under the student's, named after its request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_file_repository {
    /** Name of the file that is a student's picture, wherever it comes from. */
    private const PHOTO_NAME = 'photo.jpg';

    /** What stands before and behind the request's local id in the name of a picture that waits. */
    public const PICTURE_NAME = ['request-', '.jpg'];

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
     * Keeps a document that came with a request.
     *
     * @param int $requestid local id
     * @param \stored_file $draft
     * @return \stored_file
     */
    public function keep_document(int $requestid, \stored_file $draft): \stored_file {
        return get_file_storage()->create_file_from_storedfile(
            self::path(file_access::REQUEST, $requestid, $draft->get_filename()),
            $draft
        );
    }

    /**
     * Keeps a picture that a student wants to have.
     *
     * @param int $studentid local id
     * @param int $requestid local id
     * @param string $jpeg
     * @return \stored_file
     */
    public function keep_picture(int $studentid, int $requestid, string $jpeg): \stored_file {
        $path = self::path(file_access::PENDINGPHOTO, $studentid, self::picture_name($requestid));
        return get_file_storage()->create_file_from_string($path + ['mimetype' => 'image/jpeg'], $jpeg);
    }

    /**
     * The documents of requests, by one statement.
     *
     * @param int[] $requestids local ids
     * @return array<int, \stored_file[]> by request
     */
    public function documents(array $requestids): array {
        $found = [];
        foreach ($this->files(file_access::REQUEST, 'itemid', $requestids) as $file) {
            $found[$file->get_itemid()][] = $file;
        }
        return $found;
    }

    /**
     * The pictures of requests that wait, by one statement.
     *
     * @param int[] $requestids local ids
     * @return array<int, \stored_file> by request
     */
    public function pictures(array $requestids): array {
        $names = array_combine(array_map(self::picture_name(...), $requestids), $requestids);
        $found = [];
        foreach ($this->files(file_access::PENDINGPHOTO, 'filename', array_keys($names)) as $file) {
            $found[$names[$file->get_filename()]] = $file;
        }
        return $found;
    }

    /**
     * Makes a picture that waited the student's own.
     *
     * @param \stored_file $picture
     */
    public function show(\stored_file $picture): void {
        $storage = get_file_storage();
        $storage->delete_area_files($picture->get_contextid(), 'local_mzi', file_access::PHOTO, $picture->get_itemid());
        $storage->create_file_from_storedfile(
            self::path(file_access::PHOTO, $picture->get_itemid(), self::PHOTO_NAME),
            $picture
        );
    }

    /**
     * Deletes everything of requests and students; of a request also a picture that waits at another's record.
     *
     * @param int[] $requestids local ids
     * @param int[] $studentids local ids
     */
    public function delete(array $requestids, array $studentids): void {
        array_map(fn(\stored_file $picture) => $picture->delete(), $this->pictures($requestids));
        $areas = [file_access::REQUEST => $requestids, file_access::PENDINGPHOTO => $studentids];
        foreach ($areas as $area => $itemids) {
            foreach ($itemids as $itemid) {
                get_file_storage()->delete_area_files(system::instance()->id, 'local_mzi', $area, $itemid);
            }
        }
    }

    /**
     * Files of an area.
     *
     * @param string $area
     * @param string $column
     * @param array $values
     * @return \stored_file[] in the order in which they came
     */
    private function files(string $area, string $column, array $values): array {
        if (!$values) {
            return [];
        }
        [$in, $parameters] = $this->db->get_in_or_equal($values, SQL_PARAMS_NAMED);
        $rows = $this->db->get_records_select(
            'files',
            "contextid = :context AND component = :component AND filearea = :area AND $column $in AND filename <> :folder",
            ['context' => system::instance()->id, 'component' => 'local_mzi', 'area' => $area, 'folder' => '.'] + $parameters,
            'id'
        );
        return array_map(fn(\stdClass $row) => get_file_storage()->get_file_instance($row), array_values($rows));
    }

    /**
     * The name of a request's picture.
     *
     * @param int $requestid
     * @return string
     */
    private static function picture_name(int $requestid): string {
        return implode((string) $requestid, self::PICTURE_NAME);
    }

    /**
     * Where a file lies.
     *
     * @param string $area
     * @param int $itemid
     * @param string $filename
     * @return array
     */
    private static function path(string $area, int $itemid, string $filename): array {
        return [
            'contextid' => system::instance()->id,
            'component' => 'local_mzi',
            'filearea' => $area,
            'itemid' => $itemid,
            'filepath' => '/',
            'filename' => $filename,
        ];
    }
}
