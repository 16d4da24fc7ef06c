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

use local_mzi\event\request_windows_updated;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\window_state;
use local_mzi\repository\request_window_repository;

/**
 * When which request can be made. The page, the form and the submission all ask here.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_windows {
    /**
     * Constructor.
     *
     * @param request_window_repository $windows
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var request_window_repository the table */
        private readonly request_window_repository $windows,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * The windows of all types.
     *
     * @return array<string, request_window> by the type's value
     */
    public function all(): array {
        return $this->windows->all();
    }

    /**
     * How a window stands now.
     *
     * @param request_window $window
     * @return window_state
     */
    public function state(request_window $window): window_state {
        return $window->state($this->clock->time());
    }

    /**
     * Whether requests of a type can be made now.
     *
     * @param request_type $type
     * @return bool
     */
    public function is_open(request_type $type): bool {
        return $this->state($this->windows->all()[$type->value]) === window_state::OPEN;
    }

    /**
     * Sets windows.
     *
     * @param request_window[] $windows
     */
    public function set(array $windows): void {
        $before = $this->windows->all();
        foreach ($windows as $window) {
            if ($window != $before[$window->type->value]) {
                $id = $this->windows->put($window, $this->clock->time());
                request_windows_updated::of($window, $id)->trigger();
            }
        }
    }
}
