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

namespace local_mzi\event;

use core\context\system;
use local_mzi\local\student;
use local_mzi\local\tab;

/**
 * A student said that a grade was seen.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grade_acknowledged extends \core\event\base {
    /**
     * The event of one grade.
     *
     * @param int $gradeid row of the grade
     * @param student $student
     * @return self
     */
    public static function of(int $gradeid, student $student): self {
        return self::create([
            'objectid' => $gradeid,
            'relateduserid' => $student->userid,
            'other' => ['student' => $student->id],
        ]);
    }

    #[\Override]
    protected function init(): void {
        $this->context = system::instance();
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_PARTICIPATING;
        $this->data['objecttable'] = 'local_mzi_grades';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_grade_acknowledged', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' acknowledged the grade with id '{$this->objectid}' of the student "
            . "with id '{$this->other['student']}'.";
    }

    #[\Override]
    public function get_url(): \moodle_url {
        return tab::GRADES->url($this->other['student']);
    }

    #[\Override]
    public static function get_objectid_mapping() {
        return self::NOT_MAPPED;
    }

    #[\Override]
    public static function get_other_mapping() {
        return false;
    }
}
