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

use core\context;
use core\context\system;
use local_mzi\local\student;
use local_mzi\repository\photo_repository;
use local_mzi\repository\student_repository;

/**
 * Which files of the plugin a user may fetch.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class file_access {
    /** The picture of a student; itemid is the student's row. */
    public const PHOTO = photo_repository::AREA;
    /** The picture a student wants to have; itemid is the student's row. */
    public const PENDINGPHOTO = 'pendingphoto';
    /** Files of a request; itemid is the request's row. */
    public const REQUEST = 'request';

    /** Pictures that a browser shows and that can hold no script. */
    private const INLINE = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

    /**
     * Constructor.
     *
     * @param student_repository $students
     * @param student_access $access
     */
    public function __construct(
        /** @var student_repository the students */
        private readonly student_repository $students,
        /** @var student_access who sees whom */
        private readonly student_access $access,
    ) {
    }

    /**
     * The file behind an address, if the current user may have it.
     *
     * @param context $context
     * @param string $filearea
     * @param string[] $path item id, folders, file name
     * @return \stored_file|null null when there is none for this user
     */
    public function find(context $context, string $filearea, array $path): ?\stored_file {
        $itemid = (int) array_shift($path);
        if (!$context instanceof system || !$path) {
            return null;
        }
        $student = $this->owner($filearea, $itemid);
        if (!$student || !$this->access->allows($student)) {
            return null;
        }
        $filename = array_pop($path);
        $folder = $path ? '/' . implode('/', $path) . '/' : '/';
        $file = get_file_storage()->get_file($context->id, 'local_mzi', $filearea, $itemid, $folder, $filename);
        return $file && !$file->is_directory() ? $file : null;
    }

    /**
     * Whether a file must be saved instead of shown.
     *
     * @param \stored_file $file
     * @return bool
     */
    public function must_download(\stored_file $file): bool {
        return !in_array($file->get_mimetype(), self::INLINE, true);
    }

    /**
     * Whom the files of an item are about.
     *
     * @param string $filearea
     * @param int $itemid
     * @return student|null
     */
    private function owner(string $filearea, int $itemid): ?student {
        return match ($filearea) {
            self::PHOTO, self::PENDINGPHOTO => $this->students->by_id($itemid),
            self::REQUEST => $this->students->of_request($itemid),
            default => null,
        };
    }
}
