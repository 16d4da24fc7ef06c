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

namespace local_mzi\form;

defined('MOODLE_INTERNAL') || die();

use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\service\request_windows;
use local_mzi\service\site_day;

require_once($CFG->libdir . '/formslib.php');

/**
 * The form in which the office says when which request can be made. Its days are those of the site's time zone.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class windows_form extends \moodleform {
    /** Nobody can ask. */
    private const CLOSED = 'closed';

    /** Everybody can ask. */
    private const ALWAYS = 'always';

    /** From a day to a day. */
    private const BETWEEN = 'between';

    #[\Override]
    protected function definition(): void {
        $windows = \core\di::get(request_windows::class);
        foreach ($windows->all() as $window) {
            $this->add($window, $windows);
        }
        $this->add_action_buttons();
    }

    /**
     * Adds the fields of a window.
     *
     * @param request_window $window
     * @param request_windows $windows
     */
    private function add(request_window $window, request_windows $windows): void {
        $form = $this->_form;
        $type = $window->type;
        $form->addElement('header', "head_{$type->value}", $type->label());
        $form->setExpanded("head_{$type->value}");
        $state = get_string('request_window_now_' . $windows->state($window)->value, 'local_mzi');
        $form->addElement('static', "now_{$type->value}", get_string('request_window_now', 'local_mzi'), $state);
        $form->addElement('select', "mode_{$type->value}", get_string('request_window_mode', 'local_mzi'), [
            self::CLOSED => get_string('request_window_closed', 'local_mzi'),
            self::ALWAYS => get_string('request_window_always', 'local_mzi'),
            self::BETWEEN => get_string('request_window_between', 'local_mzi'),
        ]);
        $zone = ['timezone' => \core_date::get_server_timezone()];
        $form->addElement('date_selector', "opens_{$type->value}", get_string('request_window_opens', 'local_mzi'), $zone);
        $form->addElement(
            'date_selector',
            "closes_{$type->value}",
            get_string('request_window_closes', 'local_mzi'),
            $zone + ['optional' => true]
        );
        foreach (['opens', 'closes'] as $end) {
            $form->hideIf("{$end}_{$type->value}", "mode_{$type->value}", 'neq', self::BETWEEN);
        }
    }

    /**
     * Fills in the windows as they are.
     *
     * @param array<string, request_window> $windows
     */
    public function fill(array $windows): void {
        $data = [];
        foreach ($windows as $name => $window) {
            $data["mode_$name"] = match (true) {
                !$window->enabled => self::CLOSED,
                $window->opensat === null && $window->closesat === null => self::ALWAYS,
                default => self::BETWEEN,
            };
            $data["opens_$name"] = $window->opensat ?? \core\di::get(\core\clock::class)->time();
            $data["closes_$name"] = $window->closesat === null ? 0 : $window->closesat - 1;
        }
        $this->set_data($data);
    }

    #[\Override]
    public function validation($data, $files): array {
        $errors = parent::validation($data, $files);
        foreach (request_type::cases() as $type) {
            $window = self::window($type, $data);
            if ($window->closesat !== null && $window->closesat <= $window->opensat) {
                $errors["closes_{$type->value}"] = get_string('request_window_backwards', 'local_mzi');
            }
        }
        return $errors;
    }

    /**
     * The windows as the form says them.
     *
     * @param array $data
     * @return request_window[]
     */
    public static function windows(array $data): array {
        return array_map(fn(request_type $type) => self::window($type, $data), request_type::cases());
    }

    /**
     * One window. The last day belongs to it.
     *
     * @param request_type $type
     * @param array $data
     * @return request_window
     */
    private static function window(request_type $type, array $data): request_window {
        $mode = $data["mode_{$type->value}"] ?? self::CLOSED;
        if ($mode !== self::BETWEEN) {
            return new request_window($type, $mode === self::ALWAYS);
        }
        $closes = (int) ($data["closes_{$type->value}"] ?? 0);
        return new request_window(
            $type,
            true,
            site_day::start(site_day::of((int) $data["opens_{$type->value}"])),
            $closes ? site_day::start(site_day::of($closes), 1) : null
        );
    }
}
