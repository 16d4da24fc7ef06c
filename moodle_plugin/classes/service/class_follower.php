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

use local_mzi\entity\definition;
use local_mzi\local\course_settings;
use local_mzi\local\incoming_row;
use local_mzi\local\stored_row;
use local_mzi\repository\enrolment_repository;
use local_mzi\task\apply_enrolments;
use local_mzi\task\make_courses;

/**
 * When the CRM tells of classes, the places in them are to be looked at, and those that run get courses.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_follower implements write_follower {
    /** What of a class decides about places and roles. */
    private const WATCHED = ['status', 'moodle_course_id', 'zoho_teacher_id'];

    /**
     * Constructor.
     *
     * @param enrolment_repository $enrolments
     */
    public function __construct(
        /** @var enrolment_repository the places */
        private readonly enrolment_repository $enrolments,
    ) {
    }

    #[\Override]
    public function columns(): array {
        return self::WATCHED;
    }

    #[\Override]
    public function arriving(definition $definition, array $rows): void {
        // Nothing has to be known before.
    }

    #[\Override]
    public function written(array $rows, array $stored): void {
        $touched = array_filter(
            $rows,
            fn(incoming_row $row, int $index) => self::matters($row, $stored[$index] ?? null),
            ARRAY_FILTER_USE_BOTH
        );
        if ($touched) {
            $this->removed(array_map(fn(incoming_row $row) => $row->id, array_values($touched)));
            if (course_settings::makes()) {
                make_courses::queue();
            }
        }
    }

    #[\Override]
    public function removed(array $zohoids): void {
        $this->enrolments->mark_due('zoho_class_id', $zohoids);
        apply_enrolments::queue();
    }

    /**
     * Whether it changes anything for the places in the class.
     *
     * @param incoming_row $row
     * @param stored_row|null $before
     * @return bool
     */
    private static function matters(incoming_row $row, ?stored_row $before): bool {
        if ($before === null || $before->deletedat !== null) {
            return true;
        }
        foreach (self::WATCHED as $column) {
            $now = array_key_exists($column, $row->values) ? $row->values[$column] : $before->values[$column];
            if ((string) $now !== (string) $before->values[$column]) {
                return true;
            }
        }
        return false;
    }
}
