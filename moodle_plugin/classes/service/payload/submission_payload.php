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
use local_mzi\repository\enrolment_facts_repository;

/**
 * Work that was handed in.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class submission_payload implements composer {
    /**
     * Constructor.
     *
     * @param enrolment_facts_repository $facts
     * @param crm_places $places
     */
    public function __construct(
        /** @var enrolment_facts_repository what is told of submissions */
        private readonly enrolment_facts_repository $facts,
        /** @var crm_places who they are to the CRM */
        private readonly crm_places $places,
    ) {
    }

    #[\Override]
    public function compose(array $references): array {
        $found = $this->facts->submissions(array_column($references, 'submissionid'));
        $places = $this->places->find($references);
        $composed = [];
        foreach ($references as $id => $reference) {
            $row = $found[$reference->submissionid] ?? null;
            $composed[$id] = $row === null ? composed::skip('gone') : composed::ready([
                'submissionid' => (int) $reference->submissionid,
                'userid' => (int) $reference->userid,
                'courseid' => (int) $reference->courseid,
                'assignmentid' => (int) $row->assignment,
                'attempt' => (int) $row->attemptnumber + 1,
                'status' => $row->status,
                'timemodified' => (int) $row->timemodified,
                'crm' => $places[$id]->export(),
            ]);
        }
        return $composed;
    }
}
