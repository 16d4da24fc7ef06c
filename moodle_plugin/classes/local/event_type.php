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

namespace local_mzi\local;

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * What is told to the bridge, by the word its envelope has for it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum event_type: string {
    /** A user was made. */
    case USER_CREATED = 'user_created';
    /** A user was changed. */
    case USER_UPDATED = 'user_updated';
    /** Somebody was enrolled. */
    case USER_ENROLMENT_CREATED = 'user_enrolment_created';
    /** An enrolment was changed. */
    case USER_ENROLMENT_UPDATED = 'user_enrolment_updated';
    /** An enrolment is gone. */
    case USER_ENROLMENT_DELETED = 'user_enrolment_deleted';
    /** A grade of the gradebook was written. */
    case USER_GRADED = 'user_graded';
    /** An attempt at an assignment was graded. */
    case SUBMISSION_GRADED = 'submission_graded';
    /** An attempt at an assignment was handed in. */
    case ASSESSABLE_SUBMITTED = 'assessable_submitted';
    /** A course was completed. */
    case COURSE_COMPLETED = 'course_completed';
    /** A student made a request. */
    case REQUEST_SUBMITTED = 'request_submitted';
    /** A student of the CRM was found among the users. */
    case STUDENT_LINKED = 'student_linked';
    /** A class of the CRM got its course. */
    case CLASS_LINKED = 'class_linked';

    /** Moodle's own events behind the types that are observed. */
    private const OBSERVED = [
        \core\event\user_created::class => self::USER_CREATED,
        \core\event\user_updated::class => self::USER_UPDATED,
        \core\event\user_enrolment_created::class => self::USER_ENROLMENT_CREATED,
        \core\event\user_enrolment_updated::class => self::USER_ENROLMENT_UPDATED,
        \core\event\user_enrolment_deleted::class => self::USER_ENROLMENT_DELETED,
        \core\event\user_graded::class => self::USER_GRADED,
        \mod_assign\event\submission_graded::class => self::SUBMISSION_GRADED,
        \mod_assign\event\assessable_submitted::class => self::ASSESSABLE_SUBMITTED,
        \core\event\course_completed::class => self::COURSE_COMPLETED,
    ];

    /**
     * The type of an event of Moodle.
     *
     * @param \core\event\base $event
     * @return self|null null for one that is not told
     */
    public static function of(\core\event\base $event): ?self {
        return self::OBSERVED[$event::class] ?? null;
    }

    /**
     * The types that are observed, each with a setting of its own.
     *
     * @return array<class-string, self> by event of Moodle
     */
    public static function observed(): array {
        return self::OBSERVED;
    }

    /**
     * The name of the setting that switches it on or off.
     *
     * @return string
     */
    public function setting(): string {
        return "event_{$this->value}";
    }

    /**
     * Whether it is noted. What this plugin itself has to say always is: a request that a student made must not be
     * lost, and waits while the bridge is switched off.
     *
     * @return bool
     */
    public function is_on(): bool {
        if (!in_array($this, self::OBSERVED, true)) {
            return true;
        }
        $setting = get_config('local_mzi', $this->setting());
        return bridge_settings::is_on() && ($setting === false || (bool) $setting);
    }

    /**
     * Where events of this type are posted, behind the bridge's address.
     *
     * @return string
     */
    public function path(): string {
        return $this === self::REQUEST_SUBMITTED ? '/api/v1/requests/submit' : '/api/v1/events/moodle/batch';
    }
}
