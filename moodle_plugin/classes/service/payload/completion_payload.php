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
 * A completed course.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class completion_payload implements composer {
    /**
     * Constructor.
     *
     * @param enrolment_facts_repository $facts
     * @param crm_places $places
     */
    public function __construct(
        /** @var enrolment_facts_repository what is told of completions */
        private readonly enrolment_facts_repository $facts,
        /** @var crm_places who they are to the CRM */
        private readonly crm_places $places,
    ) {
    }

    #[\Override]
    public function compose(array $references): array {
        $found = $this->facts->completions(array_column($references, 'completionid'));
        $places = $this->places->find($references);
        $composed = [];
        foreach ($references as $id => $reference) {
            $time = $found[$reference->completionid] ?? null;
            $composed[$id] = $time === null ? composed::skip('gone') : composed::ready([
                'userid' => (int) $reference->userid,
                'courseid' => (int) $reference->courseid,
                'timecompleted' => $time,
                'crm' => $places[$id]->export(),
            ]);
        }
        return $composed;
    }
}
