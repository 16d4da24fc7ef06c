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
use local_mzi\local\incoming_row;
use local_mzi\repository\enrolment_repository;
use local_mzi\task\apply_enrolments;

/**
 * When the CRM tells of places in classes, they are to be looked at.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrollment_follower implements write_follower {
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
        return [];
    }

    #[\Override]
    public function arriving(definition $definition, array $rows): void {
        // Nothing has to be known before.
    }

    #[\Override]
    public function written(array $rows, array $stored): void {
        $this->removed(array_map(fn(incoming_row $row) => $row->id, array_values($rows)));
    }

    #[\Override]
    public function removed(array $zohoids): void {
        $this->enrolments->mark_due('zoho_enrollment_id', $zohoids);
        apply_enrolments::queue();
    }
}
