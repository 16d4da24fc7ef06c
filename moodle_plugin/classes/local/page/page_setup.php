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

use core\context\system;
use local_mzi\local\theme_choice;

/**
 * What all pages of the plugin have in common.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class page_setup {
    /**
     * Tells Moodle about the page.
     *
     * @param \moodle_url $url
     * @param string $title
     * @param string|null $heading what stands above the page, if not the title
     */
    public static function open(\moodle_url $url, string $title, ?string $heading = null): void {
        global $PAGE;
        $PAGE->set_context(system::instance());
        $PAGE->set_url($url);
        $PAGE->set_pagelayout('standard');
        $PAGE->set_title($title);
        $PAGE->set_heading($heading ?? $title);
        if ($class = theme_choice::current()->body_class()) {
            $PAGE->add_body_class($class);
        }
    }
}
