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
use local_mzi\local\request_status;
use local_mzi\local\stored_row;
use local_mzi\repository\entity_repository;
use local_mzi\repository\request_history_repository;
use local_mzi\repository\request_repository;

/**
 * When the CRM tells of requests: those made here get their CRM id, every new state goes into the history, and a
 * picture that waited is shown or dropped.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_follower implements write_follower {
    /**
     * Constructor.
     *
     * @param request_repository $requests
     * @param request_history_repository $history
     * @param pending_photos $photos
     */
    public function __construct(
        /** @var request_repository the requests */
        private readonly request_repository $requests,
        /** @var request_history_repository their states */
        private readonly request_history_repository $history,
        /** @var pending_photos pictures that wait */
        private readonly pending_photos $photos,
    ) {
    }

    #[\Override]
    public function columns(): array {
        return ['status'];
    }

    /**
     * Gives requests made here the CRM id of the record that names their number, so that the record does not
     * become a second request when it arrives before the confirmation.
     *
     * The number counts only for the student who made the request, and only for the first record that names it:
     * the office may copy a record with all its text.
     *
     * @param definition $definition
     * @param array<int, incoming_row> $rows
     */
    #[\Override]
    public function arriving(definition $definition, array $rows): void {
        $named = [];
        foreach ($rows as $row) {
            $number = request_mark::number((string) ($row->values['reason'] ?? ''));
            if ($number !== null && ($row->values['zoho_student_id'] ?? null) !== null) {
                $named[$number][] = $row;
            }
        }
        if (!$named) {
            return;
        }
        $known = $this->requests->local_ids(array_map(fn(incoming_row $row) => $row->id, array_merge(...array_values($named))));
        $confirmed = [];
        foreach ($this->requests->unconfirmed(array_keys($named)) as $request) {
            $records = array_filter(
                $named[$request->request_number],
                fn(incoming_row $row) => $row->values['zoho_student_id'] === $request->zoho_student_id
                    && !isset($known[entity_repository::fold($row->id)])
            );
            $ids = array_map(fn(incoming_row $row) => $row->id, $records);
            sort($ids, SORT_STRING);
            if ($ids) {
                $confirmed[(int) $request->id] = $ids[0];
            }
        }
        $this->requests->confirm($confirmed);
    }

    #[\Override]
    public function written(array $rows, array $stored): void {
        $changed = array_filter(
            $rows,
            fn(incoming_row $row, int $index) => ($row->values['status'] ?? null) !== null
                && $row->values['status'] !== ($stored[$index]->values['status'] ?? null),
            ARRAY_FILTER_USE_BOTH
        );
        if (!$changed) {
            return;
        }
        $ids = $this->requests->local_ids(array_map(fn(incoming_row $row) => $row->id, array_values($changed)));
        $states = [];
        $verdicts = [];
        foreach ($changed as $row) {
            $id = $ids[entity_repository::fold($row->id)];
            $states[] = ['requestid' => $id, 'status' => $row->values['status'], 'timecreated' => $row->modifiedtime];
            $verdicts[$id] = request_status::tryFrom($row->values['status'])?->verdict();
        }
        $this->history->add($states);
        $this->photos->decide(array_filter($verdicts, fn(?bool $verdict) => $verdict !== null));
    }

    #[\Override]
    public function removed(array $zohoids): void {
        // The pages leave tombstones out; nothing else hangs on them.
    }
}
