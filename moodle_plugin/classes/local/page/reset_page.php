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

use local_mzi\output\admin\reset;
use local_mzi\service\setting_reset;

/**
 * The page that sets settings back to their defaults.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class reset_page {
    /**
     * Lists what differs; asks again; sets it back.
     */
    public static function show(): void {
        admin_page::open('reset');
        $service = \core\di::get(setting_reset::class);
        $chosen = optional_param_array('settings', [], PARAM_ALPHANUMEXT);
        $sent = admin_page::is_sent();
        if ($sent && $chosen && optional_param('confirm', false, PARAM_BOOL)) {
            $count = $service->reset($chosen);
            admin_page::done(admin_page::url('reset'), get_string('reset_done', 'local_mzi', $count));
        }
        $changed = $service->changed();
        $asked = $sent ? array_intersect_key($changed, array_flip($chosen)) : [];
        admin_page::show('reset', new reset($asked ?: $changed, (bool) $asked));
    }
}
