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

namespace local_mzi\local\page;

use local_mzi\event\receipt_downloaded;
use local_mzi\output\receipt_pdf;
use local_mzi\service\receipt;

/**
 * The download of a receipt.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class receipt_download {
    /**
     * Sends the receipt that is asked for, always as a file to save.
     *
     * @return never
     */
    public static function send(): never {
        global $CFG, $PAGE;
        require_once($CFG->libdir . '/filelib.php');
        $id = required_param('id', PARAM_INT);
        $PAGE->set_context(\core\context\system::instance());
        $PAGE->set_url('/local/mzi/receipt.php', ['id' => $id]);
        [$payment, $student] = \core\di::get(receipt::class)->find($id);
        $pdf = new receipt_pdf($payment, $student, \core\di::get(\core\clock::class)->time());
        $bytes = $pdf->bytes();
        receipt_downloaded::of($id, $student)->trigger();
        \core\session\manager::write_close();
        send_file($bytes, $pdf->filename(), 0, 0, true, true, 'application/pdf');
        exit;
    }
}
