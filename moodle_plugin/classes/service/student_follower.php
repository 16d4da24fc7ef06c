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
use local_mzi\entity\user_link;
use local_mzi\local\event_type;
use local_mzi\local\incoming_row;
use local_mzi\local\stored_row;
use local_mzi\repository\enrolment_repository;
use local_mzi\repository\outbox_repository;
use local_mzi\task\apply_enrolments;

/**
 * When the CRM tells of students, their places are to be looked at, and the CRM learns who they are in Moodle.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_follower implements write_follower {
    /** @var array<string, int|null> the user that the CRM names, by CRM id; of records that do not say there is nothing */
    private array $said = [];

    /**
     * Constructor.
     *
     * @param enrolment_repository $enrolments
     * @param outbox_repository $outbox
     */
    public function __construct(
        /** @var enrolment_repository the places */
        private readonly enrolment_repository $enrolments,
        /** @var outbox_repository what the bridge is told */
        private readonly outbox_repository $outbox,
    ) {
    }

    #[\Override]
    public function columns(): array {
        return ['status'];
    }

    #[\Override]
    public function arriving(definition $definition, array $rows): void {
        $this->said = [];
        foreach ($rows as $row) {
            if (array_key_exists(user_link::COLUMN, $row->values)) {
                $this->said[$row->id] = $row->values[user_link::COLUMN];
            }
        }
    }

    #[\Override]
    public function written(array $rows, array $stored): void {
        $touched = [];
        $links = [];
        foreach ($rows as $index => $row) {
            $before = $stored[$index] ?? null;
            if (self::matters($row, $before)) {
                $touched[] = $row->id;
            }
            $userid = $this->unknown_link($row, $before);
            if ($userid !== null) {
                $links["student:{$row->id}"] = [['zoho_student_id' => $row->id, 'userid' => $userid], $userid];
            }
        }
        $this->outbox->add_all(event_type::STUDENT_LINKED, $links);
        if ($touched) {
            $this->removed($touched);
        }
    }

    #[\Override]
    public function removed(array $zohoids): void {
        $this->enrolments->mark_due('zoho_student_id', $zohoids);
        apply_enrolments::queue();
    }

    /**
     * Whether it changes anything for the student's places.
     *
     * @param incoming_row $row
     * @param stored_row|null $before
     * @return bool
     */
    private static function matters(incoming_row $row, ?stored_row $before): bool {
        if ($before === null || $before->deletedat !== null) {
            return true;
        }
        $now = $row->values + $before->values;
        return (string) ($now['status'] ?? '') !== (string) ($before->values['status'] ?? '')
            || (int) ($now[user_link::COLUMN] ?? 0) !== (int) ($before->values[user_link::COLUMN] ?? 0);
    }

    /**
     * Who the student is in Moodle, if the CRM says anything else, or nothing and the link is new.
     *
     * @param incoming_row $row
     * @param stored_row|null $before
     * @return int|null user id
     */
    private function unknown_link(incoming_row $row, ?stored_row $before): ?int {
        $userid = $row->values[user_link::COLUMN] ?? null;
        $known = array_key_exists($row->id, $this->said)
            ? $this->said[$row->id]
            : (int) ($before->values[user_link::COLUMN] ?? 0);
        return $userid === $known ? null : $userid;
    }
}
