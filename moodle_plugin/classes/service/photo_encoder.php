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

use local_mzi\local\fault_code;
use local_mzi\local\misfit;

/**
 * Makes of any picture a small JPEG that holds nothing but the picture.
 *
 * What comes in is not trusted: its type is read from its content, its size before it is unpacked, and only
 * pixels go over into the new file, so that neither metadata nor anything hidden behind the picture survives.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class photo_encoder {
    /** Longest side of the new picture. */
    public const LONGEST_SIDE = 512;

    /** Most pixels that are unpacked; of 4 bytes each, and of some overhead. */
    public const MAX_PIXELS = 25_000_000;

    /** Quality of the JPEG. */
    private const QUALITY = 85;

    /** Types that are taken. */
    private const TYPES = [IMAGETYPE_JPEG, IMAGETYPE_PNG, IMAGETYPE_WEBP, IMAGETYPE_GIF];

    /** How a picture is put upright, by its EXIF orientation: mirror it first, degrees to turn it to the left. */
    private const UPRIGHT = [
        2 => [true, 0],
        3 => [false, 180],
        4 => [true, 180],
        5 => [true, 90],
        6 => [false, 270],
        7 => [true, 270],
        8 => [false, 90],
    ];

    /**
     * The picture as an upright JPEG of at most LONGEST_SIDE pixels on a side, on white where it was transparent.
     *
     * Of a moving picture it is the first image.
     *
     * @param string $bytes JPEG, PNG, WebP or GIF
     * @return string JPEG
     * @throws misfit not_an_image, too_many_pixels
     */
    public static function encode(string $bytes): string {
        [$width, $height, $type] = self::measured($bytes);
        raise_memory_limit(MEMORY_EXTRA);
        $picture = self::quietly(fn() => imagecreatefromstring($bytes));
        if (!$picture instanceof \GdImage) {
            throw new misfit(fault_code::NOT_AN_IMAGE);
        }
        $small = self::shrunk($picture, $width, $height);
        unset($picture);
        return self::jpeg(self::upright($small, $type === IMAGETYPE_JPEG ? self::orientation($bytes) : 1));
    }

    /**
     * Width, height and type as the head of the file says them.
     *
     * @param string $bytes
     * @return int[]
     * @throws misfit
     */
    private static function measured(string $bytes): array {
        $size = self::quietly(fn() => getimagesizefromstring($bytes));
        [$width, $height, $type] = $size ?: [0, 0, IMAGETYPE_UNKNOWN];
        if ($width < 1 || $height < 1 || !in_array($type, self::TYPES, true)) {
            throw new misfit(fault_code::NOT_AN_IMAGE);
        }
        if ($width * $height > self::MAX_PIXELS) {
            throw new misfit(fault_code::TOO_MANY_PIXELS, (string) self::MAX_PIXELS);
        }
        return [$width, $height, $type];
    }

    /**
     * The picture in its new size, on white. A smaller one is not blown up.
     *
     * @param \GdImage $picture
     * @param int $width
     * @param int $height
     * @return \GdImage
     */
    private static function shrunk(\GdImage $picture, int $width, int $height): \GdImage {
        $scale = min(1, self::LONGEST_SIDE / max($width, $height));
        $newwidth = max(1, (int) round($width * $scale));
        $newheight = max(1, (int) round($height * $scale));
        $small = imagecreatetruecolor($newwidth, $newheight);
        imagefill($small, 0, 0, imagecolorallocate($small, 255, 255, 255));
        imagecopyresampled($small, $picture, 0, 0, 0, 0, $newwidth, $newheight, $width, $height);
        return $small;
    }

    /**
     * The EXIF orientation of a JPEG; 1 where it says none that is known.
     *
     * @param string $bytes
     * @return int 1 to 8
     */
    private static function orientation(string $bytes): int {
        if (!function_exists('exif_read_data')) {
            return 1;
        }
        $stream = fopen('php://temp', 'r+b');
        fwrite($stream, $bytes);
        rewind($stream);
        $exif = self::quietly(fn() => exif_read_data($stream, 'IFD0'));
        fclose($stream);
        $said = is_array($exif) ? $exif['Orientation'] ?? 1 : 1;
        return is_int($said) ? $said : 1;
    }

    /**
     * The picture as it was meant to be seen.
     *
     * @param \GdImage $picture
     * @param int $orientation
     * @return \GdImage
     */
    private static function upright(\GdImage $picture, int $orientation): \GdImage {
        [$mirrored, $degrees] = self::UPRIGHT[$orientation] ?? [false, 0];
        if ($mirrored) {
            imageflip($picture, IMG_FLIP_HORIZONTAL);
        }
        return $degrees ? imagerotate($picture, $degrees, 0) : $picture;
    }

    /**
     * The picture as a file.
     *
     * @param \GdImage $picture
     * @return string
     */
    private static function jpeg(\GdImage $picture): string {
        ob_start();
        imagejpeg($picture, null, self::QUALITY);
        return ob_get_clean();
    }

    /**
     * Runs what warns of a broken picture; the answer says it as well.
     *
     * @param callable $work
     * @return mixed
     */
    private static function quietly(callable $work): mixed {
        set_error_handler(fn() => true);
        try {
            return $work();
        } finally {
            restore_error_handler();
        }
    }
}
