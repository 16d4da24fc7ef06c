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

use local_mzi\local\document_type;
use local_mzi\local\refusal;
use local_mzi\local\request_fault;
use local_mzi\local\request_type;

/**
 * Which files a student may send. What a file is, its content says; its name must say the same.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class document_check {
    /** Most bytes until somebody sets another number. */
    public const DEFAULT_MAX_BYTES = 5242880;

    /** Least pixels of a picture's sides. */
    public const LEAST_SIDE = 100;

    /**
     * What is wrong with the file of a request.
     *
     * @param request_type $type
     * @param \stored_file|null $file
     * @return request_fault|null
     */
    public static function fault(request_type $type, ?\stored_file $file): ?request_fault {
        if ($file === null) {
            return self::is_required($type) ? self::refuse(refusal::FILE_MISSING) : null;
        }
        if (!$type->takes_file()) {
            return self::refuse(refusal::FILE_UNWANTED);
        }
        $kind = document_type::of_name($file->get_filename());
        return match (true) {
            $file->get_filesize() === 0 => self::refuse(refusal::FILE_EMPTY),
            $file->get_filesize() > self::max_bytes() => self::refuse(refusal::FILE_LARGE, display_size(self::max_bytes())),
            $kind === null || !in_array($kind, self::types($type), true) =>
                self::refuse(refusal::FILE_TYPE, implode(' ', self::extensions($type))),
            $kind !== document_type::of_content(self::head($file)) => self::refuse(refusal::FILE_CONTENT),
            $kind->is_image() && !self::is_picture($file) => self::refuse(refusal::FILE_BROKEN),
            $type === request_type::PHOTO && self::is_tiny($file) => self::refuse(refusal::FILE_TINY, self::LEAST_SIDE),
            default => null,
        };
    }

    /**
     * Whether there must be a file.
     *
     * @param request_type $type
     * @return bool
     */
    public static function is_required(request_type $type): bool {
        $setting = get_config('local_mzi', 'documentrequired');
        return $type === request_type::CHANGE ? $setting === false || (bool) $setting : $type->takes_file();
    }

    /**
     * Most bytes of a file, which the site may limit further; also for who may send larger ones elsewhere.
     *
     * @return int
     */
    public static function max_bytes(): int {
        global $CFG;
        $setting = get_config('local_mzi', 'requestmaxbytes');
        // Moodle's list of sizes says 0 where only the site's own limit is to hold.
        $bytes = $setting === false ? self::DEFAULT_MAX_BYTES : (int) $setting;
        return get_max_upload_file_size((int) ($CFG->maxbytes ?? 0), 0, $bytes);
    }

    /**
     * The endings that a file of a request can have.
     *
     * @param request_type $type
     * @return string[]
     */
    public static function extensions(request_type $type): array {
        return array_merge(...array_map(fn(document_type $kind) => $kind->extensions(), self::types($type)));
    }

    /**
     * The kinds of files that a request takes.
     *
     * @param request_type $type
     * @return document_type[]
     */
    private static function types(request_type $type): array {
        if ($type === request_type::PHOTO) {
            return [document_type::JPEG, document_type::PNG];
        }
        $setting = get_config('local_mzi', 'requestfiletypes');
        $chosen = array_filter(array_map(document_type::tryFrom(...), explode(',', (string) $setting)));
        return array_values($chosen) ?: document_type::cases();
    }

    /**
     * The first bytes of a file.
     *
     * @param \stored_file $file
     * @return string
     */
    private static function head(\stored_file $file): string {
        $handle = $file->get_content_file_handle();
        $head = (string) fread($handle, document_type::HEAD);
        fclose($handle);
        return $head;
    }

    /**
     * Whether the file has a picture's measures.
     *
     * @param \stored_file $file
     * @return bool
     */
    private static function is_picture(\stored_file $file): bool {
        return (bool) $file->get_imageinfo();
    }

    /**
     * Whether nobody could be recognised on a picture.
     *
     * @param \stored_file $file
     * @return bool
     */
    private static function is_tiny(\stored_file $file): bool {
        $info = $file->get_imageinfo();
        return min($info['width'], $info['height']) < self::LEAST_SIDE;
    }

    /**
     * A fault of the file.
     *
     * @param refusal $reason
     * @param mixed $a
     * @return request_fault
     */
    private static function refuse(refusal $reason, mixed $a = null): request_fault {
        return new request_fault('document', $reason, $a);
    }
}
