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

use local_mzi\event\card_key_renewed;
use local_mzi\service\card_key;

/**
 * The admin page that makes a new key for student cards.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_key_page {
    /**
     * Asks first; makes the key when that is confirmed.
     */
    public static function show(): void {
        global $OUTPUT;
        $url = new \moodle_url('/local/mzi/cardkey.php');
        $settings = new \moodle_url('/admin/settings.php', ['section' => 'local_mzi_pages']);
        if (data_submitted() && optional_param('confirm', false, PARAM_BOOL) && confirm_sesskey()) {
            \core\di::get(card_key::class)->renew();
            card_key_renewed::create()->trigger();
            redirect($url, get_string('card_key_renewed', 'local_mzi'), null, \core\output\notification::NOTIFY_SUCCESS);
        }
        echo $OUTPUT->header();
        echo $OUTPUT->confirm(
            get_string('card_key_confirm', 'local_mzi'),
            new \moodle_url($url, ['confirm' => 1]),
            $settings
        );
        echo $OUTPUT->footer();
    }
}
