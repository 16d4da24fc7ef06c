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

use local_mzi\local\feature;
use local_mzi\local\theme_choice;

/**
 * Keeps how the current user wants the pages to look.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class theme_switch {
    /**
     * Reads the form, keeps the choice, goes back to the page it came from.
     *
     * @return never
     */
    public static function run(): never {
        feature::THEMETOGGLE->require_on();
        if (!data_submitted()) {
            throw new \moodle_exception('invalidformdata');
        }
        $choice = theme_choice::tryFrom(required_param('theme', PARAM_ALPHA));
        $choice?->keep();
        redirect(new \moodle_url(required_param('returnurl', PARAM_LOCALURL) ?: '/local/mzi/index.php'));
    }
}
