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
use local_mzi\local\matching;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\enrolment_repository;
use local_mzi\repository\outbox_repository;
use local_mzi\repository\student_link_repository;
use local_mzi\task\apply_enrolments;

/**
 * Links students to Moodle users who came after their records.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_linker {
    /** Students that are looked at in one transaction. */
    private const PAGE = 200;

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param student_link_repository $students
     * @param user_resolver $resolver
     * @param user_maker $maker
     * @param enrolment_repository $enrolments
     * @param outbox_repository $outbox
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var student_link_repository students without a link */
        private readonly student_link_repository $students,
        /** @var user_resolver finds Moodle users */
        private readonly user_resolver $resolver,
        /** @var user_maker makes users, if that is allowed */
        private readonly user_maker $maker,
        /** @var enrolment_repository their places */
        private readonly enrolment_repository $enrolments,
        /** @var outbox_repository what the bridge is told */
        private readonly outbox_repository $outbox,
    ) {
    }

    /**
     * Links students who are some users. For those who are none of them nothing happens.
     *
     * @param int[] $userids
     * @return int how many
     */
    public function link(array $userids): int {
        $ids = $this->students->like($userids);
        return $ids ? $this->batch->run(fn() => $this->link_students($ids, false)) : 0;
    }

    /**
     * Looks at all students without a link; users are made for those who may have one.
     *
     * @return int how many were linked
     */
    public function link_all(): int {
        $after = 0;
        $linked = 0;
        while ($ids = $this->students->page($after, self::PAGE)) {
            $linked += $this->batch->run(fn() => $this->link_students($ids, true));
            $after = end($ids);
        }
        return $linked;
    }

    /**
     * Links students inside a transaction.
     *
     * @param int[] $ids local ids
     * @param bool $make whether users may be made
     * @return int how many
     */
    private function link_students(array $ids, bool $make): int {
        $students = $this->students->lock($ids);
        $users = $this->resolver->resolve(array_map(fn(\stdClass $student) => [
            matching::IDNUMBER->value => $student->student_id,
            matching::USERNAME->value => $student->academic_email,
            matching::EMAIL->value => $student->academic_email,
        ], $students));
        if ($make) {
            $users += $this->maker->make(array_diff_key($students, $users));
        }
        if (!$users) {
            return 0;
        }
        $this->students->link($users);
        $links = [];
        foreach ($users as $id => $userid) {
            $zohoid = $students[$id]->zoho_student_id;
            $links["student:$zohoid"] = [['zoho_student_id' => $zohoid, 'userid' => $userid], $userid];
        }
        $this->outbox->add_all(event_type::STUDENT_LINKED, $links);
        $zohoids = array_map(fn(int $id) => $students[$id]->zoho_student_id, array_keys($users));
        $this->enrolments->mark_due('zoho_student_id', $zohoids);
        apply_enrolments::queue();
        return count($users);
    }
}
