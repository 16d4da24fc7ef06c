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

namespace local_mzi\service\dashboard;

use local_mzi\local\audience;
use local_mzi\local\request_type;
use local_mzi\local\request_window;
use local_mzi\local\student;
use local_mzi\repository\request_choice_repository;
use local_mzi\repository\request_file_repository;
use local_mzi\repository\request_history_repository;
use local_mzi\repository\request_repository;
use local_mzi\service\request_mark;
use local_mzi\service\request_windows;

/**
 * Data of the tab that shows the student's requests.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class requests_section implements section {
    /**
     * Constructor.
     *
     * @param request_windows $windows
     * @param request_repository $requests
     * @param request_history_repository $history
     * @param request_file_repository $files
     * @param request_choice_repository $choices
     */
    public function __construct(
        /** @var request_windows when what can be asked for */
        private readonly request_windows $windows,
        /** @var request_repository the requests */
        private readonly request_repository $requests,
        /** @var request_history_repository their states */
        private readonly request_history_repository $history,
        /** @var request_file_repository their files */
        private readonly request_file_repository $files,
        /** @var request_choice_repository names of classes */
        private readonly request_choice_repository $choices,
    ) {
    }

    #[\Override]
    public function data(student $student, audience $audience): array {
        return [
            'types' => array_values(array_map($this->type(...), $this->windows->all())),
            'requests' => $this->requests($student),
        ];
    }

    /**
     * A type of request and its window.
     *
     * @param request_window $window
     * @return array
     */
    private function type(request_window $window): array {
        return [
            'type' => $window->type->value,
            'state' => $this->windows->state($window)->value,
            'opens_at' => $window->enabled ? $window->opensat : null,
            'closes_at' => $window->enabled ? $window->closesat : null,
        ];
    }

    /**
     * The requests, the newest first.
     *
     * @param student $student
     * @return array[]
     */
    private function requests(student $student): array {
        $rows = $this->requests->of_student($student);
        $ids = array_map('intval', array_keys($rows));
        $details = array_map(fn(\stdClass $row) => json_decode((string) $row->details, true) ?: [], $rows);
        $histories = $this->history->of_requests($ids);
        $documents = $this->files->documents($ids);
        $pictures = $this->files->pictures($ids);
        $names = $this->choices->class_names(self::courses($details));
        $requests = [];
        foreach ($rows as $id => $row) {
            $files = [...($documents[$id] ?? []), ...(isset($pictures[$id]) ? [$pictures[$id]] : [])];
            $requests[] = self::request($row, $details[$id]) + [
                'classes' => self::class_names($details[$id], $names),
                'history' => array_map(fn(\stdClass $state) => [
                    'status' => $state->status,
                    'time' => $state->timecreated,
                ], $histories[$id] ?? []),
                'files' => array_map(self::file(...), $files),
            ];
        }
        return $requests;
    }

    /**
     * What the row says.
     *
     * @param \stdClass $row
     * @param array $details
     * @return array
     */
    private static function request(\stdClass $row, array $details): array {
        $changes = array_values(array_filter((array) ($details['Change_Information'] ?? []), 'is_array'));
        return [
            'id' => (int) $row->id,
            'number' => $row->request_number,
            'type' => request_type::of_crm((string) $row->request_type, $changes)?->value,
            'request_type' => $row->request_type,
            'status' => $row->status,
            'reason' => $row->reason === null ? null : request_mark::strip($row->reason),
            'answer' => $row->answer,
            'fees_amount' => $row->fees_amount,
            'currency' => $row->currency,
            'request_date' => $row->request_date,
            'submitted_at' => $row->timesubmitted === null ? null : (int) $row->timesubmitted,
            'is_confirmed' => $row->zoho_request_id !== null,
            'changes' => array_map(fn(array $change) => [
                'field' => self::text($change, 'Field_Name'),
                'current' => self::text($change, 'Current_Value'),
                'new' => self::text($change, 'New_Value'),
            ], $changes),
        ];
    }

    /**
     * The Moodle courses that requests name.
     *
     * @param array[] $details
     * @return int[]
     */
    private static function courses(array $details): array {
        $rows = array_merge(...array_values(array_map(fn(array $one) => (array) ($one['Requested_Classes'] ?? []), $details)));
        $ids = array_map(fn($row) => is_array($row) ? self::course($row) : null, $rows);
        return array_values(array_unique(array_filter($ids)));
    }

    /**
     * The Moodle course of a row.
     *
     * @param array $row
     * @return int|null
     */
    private static function course(array $row): ?int {
        $id = $row['Moodle_Class_ID'] ?? null;
        return is_scalar($id) && preg_match('/^\d{1,10}$/D', (string) $id) ? (int) $id : null;
    }

    /**
     * What the classes of a request are called; where that is not known, what the CRM says.
     *
     * @param array $details
     * @param array<int, string[]> $names by course
     * @return string[]
     */
    private static function class_names(array $details, array $names): array {
        $found = [];
        foreach (array_filter((array) ($details['Requested_Classes'] ?? []), 'is_array') as $row) {
            array_push($found, ...($names[self::course($row) ?? 0] ?? [self::text($row, 'Moodle_Class_ID') ?? '']));
        }
        return array_values(array_unique(array_filter($found, fn(string $name) => $name !== '')));
    }

    /**
     * A file and where it lies.
     *
     * @param \stored_file $file
     * @return array
     */
    private static function file(\stored_file $file): array {
        return [
            'filearea' => $file->get_filearea(),
            'itemid' => (int) $file->get_itemid(),
            'filename' => $file->get_filename(),
            'filesize' => (int) $file->get_filesize(),
        ];
    }

    /**
     * A value of a row of the CRM as text.
     *
     * @param array $row
     * @param string $key
     * @return string|null
     */
    private static function text(array $row, string $key): ?string {
        $value = $row[$key] ?? null;
        return is_scalar($value) ? (string) $value : null;
    }
}
