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

/**
 * Copies the content of a course into an empty one. No data of users is ever copied.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class course_template {
    /**
     * Copies.
     *
     * @param int $from course
     * @param int $to course
     * @throws \moodle_exception course_template if Moodle finds that it cannot be done
     */
    public function copy(int $from, int $to): void {
        global $CFG;
        require_once($CFG->dirroot . '/backup/util/includes/backup_includes.php');
        require_once($CFG->dirroot . '/backup/util/includes/restore_includes.php');
        $userid = (int) get_admin()->id;
        $mode = \backup::MODE_IMPORT;
        $backup = new \backup_controller(
            \backup::TYPE_1COURSE,
            $from,
            \backup::FORMAT_MOODLE,
            \backup::INTERACTIVE_NO,
            $mode,
            $userid
        );
        $backupid = $backup->get_backupid();
        try {
            $backup->execute_plan();
        } finally {
            $backup->destroy();
        }
        $adding = \backup::TARGET_CURRENT_ADDING;
        $restore = new \restore_controller($backupid, $to, \backup::INTERACTIVE_NO, $mode, $userid, $adding);
        try {
            if (!$restore->execute_precheck() && !empty($restore->get_precheck_results()['errors'])) {
                throw new \moodle_exception('course_template', 'local_mzi', '', $from);
            }
            $restore->execute_plan();
        } finally {
            $restore->destroy();
            fulldelete(make_backup_temp_directory($backupid, false));
        }
    }

    /**
     * Empties a course that was being filled when the process died.
     *
     * @param int $courseid
     */
    public function empty_course(int $courseid): void {
        remove_course_contents($courseid, false, ['keep_roles_and_enrolments' => true]);
    }
}
