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
use local_mzi\local\event_type;

/**
 * Which composer puts together which events.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class composed_payloads {
    /**
     * The data of events.
     *
     * @param array<int, \stdClass> $rows of the outbox, by id
     * @return array<int, composed> under the same keys
     */
    public function compose(array $rows): array {
        $sorted = [];
        $composed = [];
        foreach ($rows as $id => $row) {
            $reference = json_decode((string) $row->reference);
            $class = self::composer(event_type::tryFrom($row->event_type));
            if ($class === null || !$reference instanceof \stdClass) {
                $composed[$id] = composed::skip('unknown_event');
            } else {
                $reference->event_type = $row->event_type;
                $sorted[$class][$id] = $reference;
            }
        }
        foreach ($sorted as $class => $references) {
            $composed += self::composed_by($class, $references);
        }
        return $composed;
    }

    /**
     * The data of events of one composer. One that cannot be read does not keep the others back.
     *
     * @param class-string<composer> $class
     * @param array<int, \stdClass> $references
     * @return array<int, composed>
     */
    private static function composed_by(string $class, array $references): array {
        try {
            return \core\di::get($class)->compose($references);
        } catch (\Throwable $fault) {
            if (count($references) === 1) {
                // The reason of a database error can quote values, so only its class is told.
                debugging('An event could not be put together: ' . $fault::class, DEBUG_NORMAL);
                return [array_key_first($references) => composed::wait(composed::FAULT)];
            }
        }
        $composed = [];
        foreach ($references as $id => $reference) {
            $composed += self::composed_by($class, [$id => $reference]);
        }
        return $composed;
    }

    /**
     * The composer of a type.
     *
     * @param event_type|null $type
     * @return class-string<composer>|null null for events that come composed
     */
    private static function composer(?event_type $type): ?string {
        return match ($type) {
            event_type::USER_CREATED, event_type::USER_UPDATED => user_payload::class,
            event_type::USER_ENROLMENT_CREATED,
            event_type::USER_ENROLMENT_UPDATED,
            event_type::USER_ENROLMENT_DELETED => enrolment_payload::class,
            event_type::USER_GRADED, event_type::SUBMISSION_GRADED => grade_payload::class,
            event_type::ASSESSABLE_SUBMITTED => submission_payload::class,
            event_type::COURSE_COMPLETED => completion_payload::class,
            default => null,
        };
    }
}
