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

use local_mzi\local\event_type;
use local_mzi\repository\outbox_repository;

/**
 * Notes what happened by one insert: ids only, taken from the event, so that the user's action waits for no query.
 * What the bridge gets is put together when it is sent.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_recorder {
    /** Grade items that only sum up others. */
    private const SUMS = ['course', 'category'];

    /**
     * Constructor.
     *
     * @param outbox_repository $outbox
     */
    public function __construct(
        /** @var outbox_repository what waits to be sent */
        private readonly outbox_repository $outbox,
    ) {
    }

    /**
     * Notes an event, if it is one that is told.
     *
     * @param \core\event\base $event
     */
    public function record(\core\event\base $event): void {
        $type = event_type::of($event);
        if ($type === null || !$type->is_on() || self::is_left_out($type, $event)) {
            return;
        }
        $userid = self::subject($type, $event);
        if (self::is_nobody($userid)) {
            return;
        }
        $reference = self::reference($type, $event, $userid);
        $this->outbox->note($type, self::key($type, $reference), $reference, $userid, (int) $event->timecreated);
    }

    /**
     * Whether the event says nothing new to the bridge.
     *
     * @param event_type $type
     * @param \core\event\base $event
     * @return bool
     */
    private static function is_left_out(event_type $type, \core\event\base $event): bool {
        return match ($type) {
            event_type::USER_ENROLMENT_CREATED, event_type::USER_ENROLMENT_UPDATED, event_type::USER_ENROLMENT_DELETED =>
                // Places that the CRM gave are no news to it.
                ($event->other['enrol'] ?? '') === enrol_method::TYPE,
            event_type::USER_GRADED => in_array($event->get_grade()?->grade_item?->itemtype, self::SUMS, true),
            default => false,
        };
    }

    /**
     * Whom the event is about.
     *
     * @param event_type $type
     * @param \core\event\base $event
     * @return int user id
     */
    private static function subject(event_type $type, \core\event\base $event): int {
        return (int) match ($type) {
            event_type::USER_CREATED, event_type::USER_UPDATED => $event->objectid,
            // Of one's own work, and of a group's, there is no related user.
            event_type::ASSESSABLE_SUBMITTED => $event->relateduserid ?: $event->userid,
            default => $event->relateduserid,
        };
    }

    /**
     * Whether nobody who could be a student.
     *
     * @param int $userid
     * @return bool
     */
    private static function is_nobody(int $userid): bool {
        global $CFG;
        return $userid <= 0 || $userid === (int) $CFG->siteguest
            || $userid === (int) get_config('local_mzi', bridge_account::USER_SETTING);
    }

    /**
     * The ids from which the data is put together.
     *
     * @param event_type $type
     * @param \core\event\base $event
     * @param int $userid
     * @return array
     */
    private static function reference(event_type $type, \core\event\base $event, int $userid): array {
        $objectid = (int) $event->objectid;
        $place = ['userid' => $userid, 'courseid' => (int) $event->courseid];
        $cm = ['cmid' => (int) $event->contextinstanceid] + $place;
        return match ($type) {
            event_type::USER_CREATED, event_type::USER_UPDATED => ['userid' => $userid],
            event_type::USER_ENROLMENT_CREATED, event_type::USER_ENROLMENT_UPDATED => ['ueid' => $objectid] + $place,
            event_type::USER_ENROLMENT_DELETED => ['ueid' => $objectid] + $place + [
                'enrol' => $event->other['enrol'] ?? null,
                'last' => self::last_known((array) ($event->other['userenrolment'] ?? [])),
            ],
            event_type::USER_GRADED =>
                ['gradeid' => $objectid, 'itemid' => (int) ($event->other['itemid'] ?? 0)] + $place,
            event_type::SUBMISSION_GRADED => ['assigngradeid' => $objectid] + $cm,
            event_type::ASSESSABLE_SUBMITTED => ['submissionid' => $objectid] + $cm,
            event_type::COURSE_COMPLETED => ['completionid' => $objectid] + $place,
        };
    }

    /**
     * What an enrolment was before it was deleted.
     *
     * @param array $enrolment
     * @return int[]
     */
    private static function last_known(array $enrolment): array {
        $wanted = array_flip(['status', 'timestart', 'timeend', 'timecreated']);
        return array_map('intval', array_intersect_key($enrolment, $wanted));
    }

    /**
     * What the event is about: events of one key are sent in order.
     *
     * @param event_type $type
     * @param array $reference
     * @return string
     */
    private static function key(event_type $type, array $reference): string {
        ['userid' => $userid] = $reference;
        $courseid = $reference['courseid'] ?? 0;
        return match ($type) {
            event_type::USER_CREATED, event_type::USER_UPDATED => "user:$userid",
            event_type::USER_ENROLMENT_CREATED,
            event_type::USER_ENROLMENT_UPDATED,
            event_type::USER_ENROLMENT_DELETED => "enrolment:{$reference['ueid']}",
            event_type::USER_GRADED, event_type::SUBMISSION_GRADED => "grade:$userid:$courseid",
            event_type::ASSESSABLE_SUBMITTED => "submission:$userid:{$reference['cmid']}",
            event_type::COURSE_COMPLETED => "completion:$userid:$courseid",
        };
    }
}
