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

use local_mzi\local\misfit;

/**
 * Pictures made small, upright and bare.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\photo_encoder
 */
final class photo_encoder_test extends \advanced_testcase {
    /**
     * A picture whose upper left quarter is red and whose rest is blue.
     *
     * @param int $width
     * @param int $height
     * @return \GdImage
     */
    private static function drawn(int $width, int $height): \GdImage {
        $picture = imagecreatetruecolor($width, $height);
        imagefill($picture, 0, 0, imagecolorallocate($picture, 0, 0, 255));
        $red = imagecolorallocate($picture, 255, 0, 0);
        imagefilledrectangle($picture, 0, 0, intdiv($width, 2) - 1, intdiv($height, 2) - 1, $red);
        return $picture;
    }

    /**
     * The picture as a file of a type.
     *
     * @param string $type jpeg, png, webp or gif
     * @param int $width
     * @param int $height
     * @return string
     */
    private static function file(string $type, int $width = 80, int $height = 60): string {
        ob_start();
        ("image$type")(self::drawn($width, $height));
        return ob_get_clean();
    }

    /**
     * A JPEG with an EXIF block that says its orientation and holds a text.
     *
     * @param int $orientation
     * @return string
     */
    private static function with_exif(int $orientation): string {
        $text = "51.5 N, 0.1 W, secret place\0";
        $entries = pack('vvVvv', 0x0112, 3, 1, $orientation, 0) . pack('vvVV', 0x010E, 2, strlen($text), 38);
        $tiff = "II*\0" . pack('V', 8) . pack('v', 2) . $entries . pack('V', 0) . $text;
        $block = "Exif\0\0" . $tiff;
        return "\xFF\xD8\xFF\xE1" . pack('n', strlen($block) + 2) . $block . substr(self::file('jpeg'), 2);
    }

    /**
     * Which quarter of a picture is red.
     *
     * @param string $jpeg
     * @return string upper or lower, left or right
     */
    private static function red_quarter(string $jpeg): string {
        $picture = imagecreatefromstring($jpeg);
        [$width, $height] = [imagesx($picture), imagesy($picture)];
        foreach (['upper' => 1, 'lower' => 3] as $row => $y) {
            foreach (['left' => 1, 'right' => 3] as $column => $x) {
                $color = imagecolorat($picture, intdiv($width * $x, 4), intdiv($height * $y, 4));
                if (($color >> 16) > 200 && ($color & 255) < 60) {
                    return "$row $column";
                }
            }
        }
        return 'none';
    }

    /**
     * The word for why a picture is refused.
     *
     * @param string $bytes
     * @return string
     */
    private static function refusal(string $bytes): string {
        try {
            photo_encoder::encode($bytes);
        } catch (misfit $misfit) {
            return $misfit->reason->value;
        }
        return 'none';
    }

    /**
     * A PNG whose head says a size; there is nothing behind it.
     *
     * @param int $width
     * @param int $height
     * @return string
     */
    private static function png_head(int $width, int $height): string {
        $head = 'IHDR' . pack('NNCCCCC', $width, $height, 8, 2, 0, 0, 0);
        return "\x89PNG\r\n\x1a\n" . pack('N', 13) . $head . pack('N', crc32($head));
    }

    public function test_every_type_that_is_taken_becomes_a_jpeg_of_the_same_picture(): void {
        foreach (['jpeg', 'png', 'webp', 'gif'] as $type) {
            $jpeg = photo_encoder::encode(self::file($type));
            [$width, $height, $became] = getimagesizefromstring($jpeg);
            $this->assertSame([80, 60, IMAGETYPE_JPEG], [$width, $height, $became], $type);
            $this->assertSame('upper left', self::red_quarter($jpeg), $type);
        }
    }

    public function test_the_longest_side_is_bounded_and_the_proportions_stay(): void {
        $sizes = [[2000, 1000, 512, 256], [300, 1200, 128, 512], [512, 512, 512, 512], [10, 4, 10, 4], [3000, 1, 512, 1]];
        foreach ($sizes as $size) {
            [$width, $height] = getimagesizefromstring(photo_encoder::encode(self::file('png', $size[0], $size[1])));
            $this->assertSame([$size[2], $size[3]], [$width, $height]);
        }
    }

    public function test_a_picture_is_put_upright_whichever_way_the_camera_was_held(): void {
        $quarters = [
            1 => 'upper left', 2 => 'upper right', 3 => 'lower right', 4 => 'lower left',
            5 => 'upper left', 6 => 'upper right', 7 => 'lower right', 8 => 'lower left',
        ];
        foreach ($quarters as $orientation => $quarter) {
            $jpeg = photo_encoder::encode(self::with_exif($orientation));
            [$width, $height] = getimagesizefromstring($jpeg);
            $this->assertSame($quarter, self::red_quarter($jpeg), "orientation $orientation");
            $this->assertSame($orientation < 5 ? [80, 60] : [60, 80], [$width, $height], "orientation $orientation");
        }
        $this->assertSame('upper left', self::red_quarter(photo_encoder::encode(self::with_exif(0))));
        $this->assertSame('upper left', self::red_quarter(photo_encoder::encode(self::with_exif(9))));
    }

    public function test_no_metadata_survives(): void {
        $sent = self::with_exif(1);
        $this->assertStringContainsString('secret place', $sent);

        $jpeg = photo_encoder::encode($sent . '<?php hidden behind the end');

        $this->assertStringNotContainsString('secret place', $jpeg);
        $this->assertStringNotContainsString('Exif', $jpeg);
        $this->assertStringNotContainsString('hidden', $jpeg);
    }

    public function test_what_was_transparent_becomes_white(): void {
        $picture = imagecreatetruecolor(20, 20);
        imagealphablending($picture, false);
        imagefill($picture, 0, 0, imagecolorallocatealpha($picture, 0, 0, 0, 127));
        imagesavealpha($picture, true);
        ob_start();
        imagepng($picture);

        $jpeg = imagecreatefromstring(photo_encoder::encode(ob_get_clean()));

        $this->assertGreaterThan(0xf0f0f0, imagecolorat($jpeg, 10, 10));
    }

    public function test_what_is_no_picture_of_these_types_is_refused(): void {
        $bitmap = self::file('bmp');
        $broken = substr(self::file('png'), 0, 60);
        $svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
        foreach (['', 'x', '%PDF-1.7', $svg, '<?php echo 1;', $bitmap, $broken, self::png_head(100, 100)] as $bytes) {
            $this->assertSame('not_an_image', self::refusal($bytes), substr($bytes, 0, 10));
        }
    }

    public function test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(): void {
        $before = memory_get_peak_usage();
        foreach ([[50000, 50000], [25_000_001, 1], [1, 25_000_001], [0x7fffffff, 0x7fffffff]] as [$width, $height]) {
            $this->assertSame('too_many_pixels', self::refusal(self::png_head($width, $height)));
        }
        $this->assertLessThan($before + 10_000_000, memory_get_peak_usage());
        $this->assertSame('not_an_image', self::refusal(self::png_head(0, 10)));
    }
}
