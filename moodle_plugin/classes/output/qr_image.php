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

namespace local_mzi\output;

/**
 * A QR code as a picture in the page, with the white margin that a scanner wants.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class qr_image {
    /** How much of the code may be unreadable: level M, 15 per cent. */
    public const TYPE = 'QRCODE,M';

    /** Modules of white around the code, by ISO/IEC 18004. */
    private const MARGIN = 4;

    /**
     * The picture, for the source of an image.
     *
     * @param string $text what the code says
     * @return string a data address with an SVG
     */
    public static function data_url(string $text): string {
        return 'data:image/svg+xml;base64,' . base64_encode(self::svg($text));
    }

    /**
     * The picture: one path, black on white, whatever the page looks like.
     *
     * @param string $text
     * @return string
     */
    private static function svg(string $text): string {
        global $CFG;
        require_once($CFG->libdir . '/tcpdf/tcpdf_barcodes_2d.php');
        $code = (new \TCPDF2DBarcode($text, self::TYPE))->getBarcodeArray();
        $path = '';
        foreach ($code['bcode'] as $y => $row) {
            foreach (array_keys(array_filter($row)) as $x) {
                $path .= 'M' . ($x + self::MARGIN) . ' ' . ($y + self::MARGIN) . 'h1v1h-1z';
            }
        }
        $size = $code['num_cols'] + 2 * self::MARGIN;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 $size $size\" shape-rendering=\"crispEdges\">"
            . "<path fill=\"#fff\" d=\"M0 0h{$size}v{$size}H0z\"/><path d=\"$path\"/></svg>";
    }
}
