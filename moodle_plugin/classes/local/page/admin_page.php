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

/**
 * What the pages of those who manage the plugin have in common.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class admin_page {
    /** Who may open them. */
    public const CAPABILITY = 'local/mzi:manage';

    /** The pages by their name in the tree of settings: file, and the string with the title. */
    public const PAGES = [
        'local_mzi_overview' => ['overview', 'admin_overview'],
        'local_mzi_connection' => ['connection', 'admin_connection'],
        'local_mzi_sync' => ['sync', 'admin_sync'],
        'local_mzi_events' => ['events', 'admin_events'],
        'local_mzi_mappings' => ['mappings', 'admin_mappings'],
        'local_mzi_diagnostics' => ['diagnostics', 'admin_diagnostics'],
        'local_mzi_unlinked' => ['unlinked', 'admin_unlinked'],
        'local_mzi_reset' => ['reset', 'admin_reset'],
    ];

    /**
     * The address of a page.
     *
     * @param string $file without extension
     * @param array $parameters
     * @return \moodle_url
     */
    public static function url(string $file, array $parameters = []): \moodle_url {
        return new \moodle_url("/local/mzi/manage/$file.php", $parameters);
    }

    /**
     * Checks who comes and tells Moodle about the page.
     *
     * @param string $file without extension
     * @param array $parameters of the page's address
     */
    public static function open(string $file, array $parameters = []): void {
        global $CFG;
        require_once($CFG->libdir . '/adminlib.php');
        $name = "local_mzi_$file";
        admin_externalpage_setup($name, '', $parameters, self::url($file));
    }

    /**
     * Whether somebody sends a form of this page, by his own will.
     *
     * @return bool
     * @throws \moodle_exception for a form without the session key
     */
    public static function is_sent(): bool {
        if (!data_submitted()) {
            return false;
        }
        require_sesskey();
        return true;
    }

    /**
     * Shows a page.
     *
     * @param string $file without extension
     * @param \renderable $body
     * @param string|null $title another string of ours that stands above it
     */
    public static function show(string $file, \renderable $body, ?string $title = null): void {
        global $OUTPUT;
        $html = $OUTPUT->render($body);
        echo $OUTPUT->header();
        echo $OUTPUT->heading(get_string($title ?? self::PAGES["local_mzi_$file"][1], 'local_mzi'));
        echo $html, $OUTPUT->footer();
    }

    /**
     * Back to a page, with a word on what was done.
     *
     * @param \moodle_url $url
     * @param string $message
     */
    public static function done(\moodle_url $url, string $message): never {
        redirect($url, $message, null, \core\output\notification::NOTIFY_SUCCESS);
    }

    /**
     * Back to a page, with what went wrong.
     *
     * @param \moodle_url $url
     * @param string $message
     */
    public static function failed(\moodle_url $url, string $message): never {
        redirect($url, $message, null, \core\output\notification::NOTIFY_ERROR);
    }
}
