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

namespace local_mzi\output\admin;

use core\context\system;
use core\output\named_templatable;
use local_mzi\local\masked_payload;
use local_mzi\local\outbox_reason;
use local_mzi\local\page\admin_page;
use local_mzi\output\event_text;
use local_mzi\output\format;
use local_mzi\repository\outbox_queue_repository;
use local_mzi\repository\outbox_report_repository;

/**
 * One event for the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param \stdClass $row
     */
    public function __construct(
        /** @var \stdClass the row */
        private readonly \stdClass $row,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_event';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $row = $this->row;
        $payload = self::lines($row->payload);
        return [
            'title' => event_text::type($row->event_type) . " #{$row->id}",
            'facts' => $this->facts(),
            'payload' => $payload,
            'reference' => self::lines($row->reference),
            'erased' => in_array($row->status, outbox_report_repository::SETTLED, true),
            'unmade' => !$payload && !in_array($row->status, outbox_report_repository::SETTLED, true),
            'retry' => $row->status === outbox_queue_repository::FAILED ? [
                'action' => admin_page::url('sync')->out(false), 'sesskey' => sesskey(), 'id' => (int) $row->id,
            ] : null,
            'back' => admin_page::url('events')->out(false),
        ];
    }

    /**
     * What is told of it.
     *
     * @return array[]
     */
    private function facts(): array {
        $row = $this->row;
        $sees = has_capability('local/mzi:viewall', system::instance());
        $user = $sees && $row->moodle_user_id ? student_line::user((int) $row->moodle_user_id) : null;
        $facts = [
            'status' => event_text::state($row->status),
            'reason' => outbox_reason::text($row->last_error),
            'user' => $user['fullname'] ?? '',
            'occurred' => format::time((int) $row->occurred_at),
            'attempts' => format::number($row->attempts),
            'next' => $row->status === 'queued' ? format::time((int) $row->next_attempt) : '',
            'settled' => format::time($row->delivered_at === null ? null : (int) $row->delivered_at),
            'eventid' => $row->event_id,
        ];
        $shown = array_filter($facts, fn(string $value) => $value !== '');
        return array_map(fn(string $name, string $value) => [
            'label' => get_string("report_$name", 'local_mzi'),
            'values' => [$value],
        ], array_keys($shown), $shown);
    }

    /**
     * Values by their path.
     *
     * @param string|null $json
     * @return array[]
     */
    private static function lines(?string $json): array {
        $lines = masked_payload::of($json);
        return array_map(fn(string $path, string $value) => [
            'path' => $path, 'value' => $value,
        ], array_map(strval(...), array_keys($lines)), $lines);
    }
}
