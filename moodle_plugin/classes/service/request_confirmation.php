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
use local_mzi\local\action;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\misfit;
use local_mzi\local\row_result;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\entity_repository;
use local_mzi\repository\request_repository;

/**
 * Gives requests made here the ids that the CRM has for them. Sent again, it changes nothing.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_confirmation {
    /** Members of a record, and the most characters of each. */
    private const FIELDS = [
        'request_number' => 100,
        'zoho_student_id' => definition::ID_LENGTH,
        'zoho_request_id' => definition::ID_LENGTH,
    ];

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param request_repository $requests
     * @param delivered_requests $delivered
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var request_repository the requests */
        private readonly request_repository $requests,
        /** @var delivered_requests shows that they are sent */
        private readonly delivered_requests $delivered,
    ) {
    }

    /**
     * Checks and writes a batch.
     *
     * @param array $records as json_decode gives them
     * @return row_result[] one for each record, in order; the id is the request's number
     */
    public function apply(array $records): array {
        [$claims, $refusals] = self::read($records);
        $results = $refusals + $this->batch->run(fn() => $this->write($claims));
        ksort($results);
        return $results;
    }

    /**
     * Records and refusals, each under its position.
     *
     * @param array $records
     * @return array{0: array<int, array<string, string>>, 1: array<int, row_result>}
     */
    private static function read(array $records): array {
        $claims = [];
        $refusals = [];
        $seen = [];
        foreach ($records as $index => $record) {
            [$claim, $faults] = self::claim($record);
            foreach ($faults ? [] : ['request_number', 'zoho_request_id'] as $field) {
                $fold = "$field:" . entity_repository::fold($claim[$field]);
                if (isset($seen[$fold])) {
                    $faults[] = new fault($field, fault_code::DUPLICATE);
                }
                $seen[$fold] = true;
            }
            if ($faults) {
                $refusals[$index] = new row_result($claim['request_number'] ?? '', action::REJECTED, $faults);
            } else {
                $claims[$index] = $claim;
            }
        }
        return [$claims, $refusals];
    }

    /**
     * One record: its members that are valid, and what is wrong with the others.
     *
     * @param mixed $record
     * @return array{0: array<string, string>, 1: fault[]}
     */
    private static function claim(mixed $record): array {
        if (!$record instanceof \stdClass) {
            return [[], [new fault('', fault_code::WRONG_TYPE, 'object')]];
        }
        $claim = [];
        $faults = [];
        foreach (array_diff(array_keys((array) $record), array_keys(self::FIELDS)) as $unknown) {
            $faults[] = new fault((string) $unknown, fault_code::UNKNOWN_FIELD);
        }
        foreach (self::FIELDS as $field => $length) {
            try {
                $claim[$field] = $field === 'request_number'
                    ? self::number($record->$field ?? null, $length)
                    : value_reader::id($record->$field ?? null, $length);
            } catch (misfit $misfit) {
                $faults[] = new fault($field, $misfit->reason, $misfit->expected);
            }
        }
        return [$claim, $faults];
    }

    /**
     * The number of a request.
     *
     * @param mixed $value
     * @param int $length most characters
     * @return string
     * @throws misfit
     */
    private static function number(mixed $value, int $length): string {
        return match (true) {
            $value === null, $value === '' => throw new misfit(fault_code::REQUIRED),
            !is_string($value) => throw new misfit(fault_code::WRONG_TYPE, 'string'),
            strlen($value) > $length => throw new misfit(fault_code::TOO_LONG, (string) $length),
            default => $value,
        };
    }

    /**
     * Writes the records that passed.
     *
     * @param array<int, array<string, string>> $claims
     * @return array<int, row_result>
     */
    private function write(array $claims): array {
        if (!$claims) {
            return [];
        }
        $rows = $this->requests->lock_numbered(array_column($claims, 'request_number'));
        $holders = $this->requests->local_ids(array_column($claims, 'zoho_request_id'));
        $faults = [];
        $ids = [];
        $new = [];
        foreach ($claims as $index => $claim) {
            $row = $rows[$claim['request_number']] ?? null;
            $faults[$index] = self::fault($claim, $row, $holders[entity_repository::fold($claim['zoho_request_id'])] ?? null);
            if (!$faults[$index]) {
                $ids[$index] = (int) $row->id;
                if ($row->zoho_request_id === null) {
                    $new[$index] = $claim['zoho_request_id'];
                }
            }
        }
        if ($new) {
            $this->requests->confirm(array_combine(array_intersect_key($ids, $new), $new));
        }
        $sent = $this->delivered->mark(array_values($ids));
        $results = [];
        foreach ($claims as $index => $claim) {
            $changed = isset($new[$index]) || in_array($ids[$index] ?? 0, $sent, true);
            $results[$index] = $faults[$index]
                ? new row_result($claim['request_number'], action::REJECTED, [$faults[$index]])
                : new row_result($claim['request_number'], $changed ? action::UPDATED : action::UNCHANGED);
        }
        return $results;
    }

    /**
     * What is wrong with a record.
     *
     * @param array<string, string> $claim
     * @param \stdClass|null $row the request of that number
     * @param int|null $holder local id of the row that has the CRM id
     * @return fault|null
     */
    private static function fault(array $claim, ?\stdClass $row, ?int $holder): ?fault {
        return match (true) {
            $row === null, $row->zoho_student_id !== $claim['zoho_student_id'] =>
                new fault('request_number', fault_code::UNKNOWN_REQUEST),
            $row->zoho_request_id === $claim['zoho_request_id'] => null,
            $row->zoho_request_id !== null =>
                new fault('zoho_request_id', fault_code::INVALID_VALUE, 'the id confirmed before'),
            $holder !== null => new fault('zoho_request_id', fault_code::DUPLICATE),
            default => null,
        };
    }
}
