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

/**
 * The enrolment method.
 *
 * @package    enrol_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Places that the CRM gives. The plugin local_mzi alone enrols by it; people can only hide or remove it.
 *
 * @package    enrol_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class enrol_mzi_plugin extends enrol_plugin {
    #[\Override]
    public function roles_protected() {
        return true;
    }

    #[\Override]
    public function allow_enrol(stdClass $instance) {
        return false;
    }

    #[\Override]
    public function allow_unenrol(stdClass $instance) {
        return false;
    }

    #[\Override]
    public function allow_manage(stdClass $instance) {
        return false;
    }

    #[\Override]
    public function can_add_instance($courseid) {
        return false;
    }

    #[\Override]
    public function can_delete_instance($instance) {
        return has_capability('enrol/mzi:config', \core\context\course::instance($instance->courseid));
    }

    #[\Override]
    public function can_hide_show_instance($instance) {
        return $this->can_delete_instance($instance);
    }
}
