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
use local_mzi\local\stored_photo;

/**
 * Students' photos that came from the CRM: the file, and what the CRM had when it was read.
 *
 * Rows and files belong to the local id of the student's row.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class photo_repository {
    /** File area. */
    public const AREA = 'photo';

    /** Name of the only file in it. */
    public const FILE_NAME = 'photo.jpg';

    /** Table. */
    private const TABLE = 'local_mzi_photos';

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
     * What is known of a student's photo.
     *
     * @param int $studentid
     * @return stored_photo|null
     */
    public function get(int $studentid): ?stored_photo {
        $row = $this->db->get_record(self::TABLE, ['studentid' => $studentid]);
        return $row ? new stored_photo($row->content_hash, (int) $row->read_time) : null;
    }

    /**
     * Whether the file of a student's photo is there.
     *
     * @param int $studentid
     * @return bool
     */
    public function has_file(int $studentid): bool {
        return $this->file($studentid) !== null;
    }

    /**
     * The file of a student's photo.
     *
     * @param int $studentid
     * @return \stored_file|null
     */
    public function file(int $studentid): ?\stored_file {
        $place = self::place($studentid);
        return get_file_storage()->get_file(...array_values($place)) ?: null;
    }

    /**
     * Puts a photo in place of the one there is, or takes that away.
     *
     * @param int $studentid
     * @param stored_photo $photo
     * @param string|null $jpeg the file; null: none
     * @param int $now
     */
    public function store(int $studentid, stored_photo $photo, ?string $jpeg, int $now): void {
        $this->delete_files([$studentid]);
        if ($jpeg !== null) {
            get_file_storage()->create_file_from_string(self::place($studentid) + ['mimetype' => 'image/jpeg'], $jpeg);
        }
        $this->remember($studentid, $photo, $now);
    }

    /**
     * Notes what the CRM has; the file stays.
     *
     * @param int $studentid
     * @param stored_photo $photo
     * @param int $now
     */
    public function remember(int $studentid, stored_photo $photo, int $now): void {
        $row = ['content_hash' => $photo->contenthash, 'read_time' => $photo->readtime, 'timemodified' => $now];
        $id = $this->db->get_field(self::TABLE, 'id', ['studentid' => $studentid]);
        if ($id === false) {
            $this->db->insert_record(self::TABLE, $row + ['studentid' => $studentid]);
        } else {
            $this->db->update_record(self::TABLE, $row + ['id' => $id]);
        }
    }

    /**
     * Forgets students' photos and deletes their files.
     *
     * @param int[] $studentids
     */
    public function delete(array $studentids): void {
        $this->delete_files($studentids);
        $this->db->delete_records_list(self::TABLE, 'studentid', $studentids);
    }

    /**
     * Rows of students.
     *
     * @param int[] $studentids
     * @return \stdClass[]
     */
    public function rows(array $studentids): array {
        return $this->db->get_records_list(self::TABLE, 'studentid', $studentids, 'id');
    }

    /**
     * Deletes files.
     *
     * @param int[] $studentids
     */
    private function delete_files(array $studentids): void {
        foreach ($studentids as $studentid) {
            get_file_storage()->delete_area_files(system::instance()->id, 'local_mzi', self::AREA, $studentid);
        }
    }

    /**
     * Where a student's photo lies.
     *
     * @param int $studentid
     * @return array
     */
    private static function place(int $studentid): array {
        return [
            'contextid' => system::instance()->id,
            'component' => 'local_mzi',
            'filearea' => self::AREA,
            'itemid' => $studentid,
            'filepath' => '/',
            'filename' => self::FILE_NAME,
        ];
    }
}
