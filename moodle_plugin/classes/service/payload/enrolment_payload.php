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

namespace local_mzi\service\payload;

use local_mzi\local\composed;
use local_mzi\local\crm_place;
use local_mzi\local\event_type;
use local_mzi\repository\enrolment_facts_repository;
use local_mzi\repository\user_facts_repository;

/**
 * An enrolment with the role that goes with it; of one that is gone, what it was.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolment_payload implements composer {
    /** Status of an enrolment that is gone. */
    private const DELETED = 'deleted';

    /**
     * Constructor.
     *
     * @param enrolment_facts_repository $enrolments
     * @param user_facts_repository $users
     * @param crm_places $places
     */
    public function __construct(
        /** @var enrolment_facts_repository enrolments */
        private readonly enrolment_facts_repository $enrolments,
        /** @var user_facts_repository roles */
        private readonly user_facts_repository $users,
        /** @var crm_places who they are to the CRM */
        private readonly crm_places $places,
    ) {
    }

    #[\Override]
    public function compose(array $references): array {
        $found = $this->enrolments->of(array_column($references, 'ueid'));
        $roles = $this->users->roles(array_column($references, 'userid'), array_column($references, 'courseid'));
        $places = $this->places->find($references);
        $composed = [];
        foreach ($references as $id => $reference) {
            $ended = $reference->event_type === event_type::USER_ENROLMENT_DELETED->value;
            $row = $ended ? self::last_known($reference) : $found[$reference->ueid] ?? null;
            $held = $roles["{$reference->userid}:{$reference->courseid}"] ?? [];
            // An enrolment that is gone meanwhile has an event of its own for that.
            $composed[$id] = $row === null
                ? composed::skip('gone')
                : composed::ready(self::data($reference, $row, $ended ? null : self::role($row, $held), $places[$id]));
        }
        return $composed;
    }

    /**
     * What an enrolment was.
     *
     * @param \stdClass $reference
     * @return \stdClass
     */
    private static function last_known(\stdClass $reference): \stdClass {
        $empty = ['timestart' => 0, 'timeend' => 0, 'timecreated' => 0];
        $row = (object) (array_merge($empty, (array) ($reference->last ?? [])));
        $row->status = self::DELETED;
        $row->enrol = $reference->enrol ?? null;
        return $row;
    }

    /**
     * The role that the enrolment gave; else the most important one that the user has in the course.
     *
     * @param \stdClass $row
     * @param \stdClass[] $held the most important one first
     * @return \stdClass|null
     */
    private static function role(\stdClass $row, array $held): ?\stdClass {
        foreach ($held as $role) {
            if ($role->component === "enrol_{$row->enrol}" && (int) $role->itemid === (int) $row->enrolid) {
                return $role;
            }
        }
        return $held[0] ?? null;
    }

    /**
     * The data.
     *
     * @param \stdClass $reference
     * @param \stdClass $row
     * @param \stdClass|null $role
     * @param crm_place $place
     * @return array
     */
    private static function data(\stdClass $reference, \stdClass $row, ?\stdClass $role, crm_place $place): array {
        return [
            'enrollmentid' => (int) $reference->ueid,
            'userid' => (int) $reference->userid,
            'courseid' => (int) $reference->courseid,
            'roleid' => $role === null ? null : (int) $role->roleid,
            'role' => $role?->shortname,
            'status' => match ($row->status) {
                self::DELETED => self::DELETED,
                default => (int) $row->status === ENROL_USER_ACTIVE ? 'active' : 'suspended',
            },
            'timestart' => (int) $row->timestart,
            'timeend' => (int) $row->timeend,
            'timecreated' => (int) $row->timecreated,
            'enrol' => $row->enrol,
            'crm' => $place->export(),
        ];
    }
}
