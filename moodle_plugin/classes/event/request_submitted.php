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
use local_mzi\local\request_type;
use local_mzi\local\student;
use local_mzi\local\submission;
use local_mzi\local\tab;

/**
 * A student has submitted a request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_submitted extends \core\event\base {
    #[\Override]
    protected function init(): void {
        $this->context = system::instance();
        $this->data['crud'] = 'c';
        $this->data['edulevel'] = self::LEVEL_PARTICIPATING;
        $this->data['objecttable'] = 'local_mzi_requests';
    }

    /**
     * The event of a request.
     *
     * @param student $student
     * @param submission $submission
     * @param request_type $type
     * @return self
     */
    public static function of(student $student, submission $submission, request_type $type): self {
        return self::create([
            'objectid' => $submission->requestid,
            'relateduserid' => $student->userid,
            'other' => ['type' => $type->value],
        ]);
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_request_submitted', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' submitted the request with id '{$this->objectid}' of the type "
            . "'{$this->other['type']}'.";
    }

    #[\Override]
    public function get_url(): \moodle_url {
        return tab::REQUESTS->url();
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
