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

use local_mzi\event\student_link_changed;
use local_mzi\local\event_type;
use local_mzi\local\matching;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\enrolment_repository;
use local_mzi\repository\hand_link_repository;
use local_mzi\repository\outbox_repository;
use local_mzi\repository\user_repository;
use local_mzi\task\apply_enrolments;

/**
 * Links students to Moodle users by hand. What a person decided no record and no hourly task changes, until a person
 * leaves it to them again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class hand_link {
    /** Students on a page. */
    public const PAGE = 25;

    /** Most users that a search shows. */
    public const USERS = 20;

    /** Most students that are listed as decided by hand. */
    private const DECIDED = 50;

    /** Words of a search that count. */
    private const WORDS = 5;

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param hand_link_repository $links
     * @param user_repository $users
     * @param enrolment_repository $enrolments
     * @param outbox_repository $outbox
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var hand_link_repository the students */
        private readonly hand_link_repository $links,
        /** @var user_repository Moodle users */
        private readonly user_repository $users,
        /** @var enrolment_repository places */
        private readonly enrolment_repository $enrolments,
        /** @var outbox_repository what the bridge is told */
        private readonly outbox_repository $outbox,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Students without a user.
     *
     * @param int $page from 0
     * @return array{0: int, 1: \stdClass[]} how many in all, and those of the page
     */
    public function unlinked(int $page): array {
        return [$this->links->count_unlinked(), $this->links->unlinked(max(0, $page) * self::PAGE, self::PAGE)];
    }

    /**
     * Students of whom a person decided.
     *
     * @return \stdClass[]
     */
    public function decided(): array {
        return $this->links->decided(self::DECIDED);
    }

    /**
     * A student.
     *
     * @param int $id local id
     * @return \stdClass
     * @throws \moodle_exception nostudent
     */
    public function student(int $id): \stdClass {
        return $this->links->find($id) ?? throw new \moodle_exception('nostudent', 'local_mzi');
    }

    /**
     * The student with a number.
     *
     * @param string $number of the student, or CRM id
     * @return int|null local id
     */
    public function numbered(string $number): ?int {
        return $number === '' ? null : $this->links->numbered($number);
    }

    /**
     * Users who fit a query.
     *
     * @param string $query
     * @param bool $identity whether e-mail address and ID number may be looked at
     * @return \stdClass[] with students: how many students they are already
     */
    public function search(string $query, bool $identity): array {
        $words = array_slice(preg_split('/\s+/u', trim($query), -1, PREG_SPLIT_NO_EMPTY), 0, self::WORDS);
        $users = $words ? $this->links->users($words, $identity, self::USERS) : [];
        $students = $this->links->students_of(array_column($users, 'id'));
        foreach ($users as $user) {
            $user->students = $students[$user->id] ?? 0;
        }
        return $users;
    }

    /**
     * Links a student to a user.
     *
     * @param int $id local id of the student
     * @param int $userid
     * @throws \moodle_exception nostudent, link_nouser
     */
    public function link(int $id, int $userid): void {
        if (!$this->users->find(matching::EXPLICIT, [$userid])) {
            throw new \moodle_exception('link_nouser', 'local_mzi');
        }
        $this->change($id, $userid, true, 'link');
    }

    /**
     * Takes the link away, for good.
     *
     * @param int $id local id of the student
     * @throws \moodle_exception nostudent
     */
    public function unlink(int $id): void {
        $this->change($id, null, true, 'unlink');
    }

    /**
     * Leaves a student to the rules again. The link stays until they find another one.
     *
     * @param int $id local id of the student
     * @throws \moodle_exception nostudent
     */
    public function release(int $id): void {
        $this->change($id, null, false, 'release');
    }

    /**
     * Changes who a student is.
     *
     * @param int $id local id
     * @param int|null $userid
     * @param bool $byhand
     * @param string $action link, unlink or release
     */
    private function change(int $id, ?int $userid, bool $byhand, string $action): void {
        $before = $this->batch->run(function () use ($id, $userid, $byhand): \stdClass {
            $student = $this->links->lock($id) ?? throw new \moodle_exception('nostudent', 'local_mzi');
            $this->links->write($id, $byhand ? $userid : $student->moodle_user_id, $byhand, $this->clock->time());
            if ($userid !== null) {
                $zohoid = $student->zoho_student_id;
                $data = ['zoho_student_id' => $zohoid, 'userid' => $userid];
                $this->outbox->add_all(event_type::STUDENT_LINKED, ["student:$zohoid" => [$data, $userid]]);
            }
            $this->enrolments->mark_due('zoho_student_id', [$student->zoho_student_id]);
            return $student;
        });
        apply_enrolments::queue();
        $who = $userid ?? ($before->moodle_user_id === null ? null : (int) $before->moodle_user_id);
        student_link_changed::of($id, $who, $action)->trigger();
    }
}
