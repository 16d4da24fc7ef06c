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
use local_mzi\local\row_result;
use local_mzi\repository\sync_log_repository;

/**
 * Keeps one line for each record of a batch that was written, stale or refused.
 *
 * Unchanged records leave no line: a nightly comparison would add one for every record of the CRM and say nothing.
 * No line holds a value of a record.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync_log {
    /** Most characters of a message, as the column has it. */
    private const MESSAGE_LENGTH = 1333;

    /**
     * Constructor.
     *
     * @param sync_log_repository $lines
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var sync_log_repository the table */
        private readonly sync_log_repository $lines,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Adds the lines of a batch.
     *
     * @param string $eventtype upsert or delete
     * @param definition $definition
     * @param row_result[] $results
     * @param int $started hrtime when the batch began
     */
    public function add(string $eventtype, definition $definition, array $results, int $started): void {
        $told = array_filter($results, fn(row_result $result) => $result->action !== action::UNCHANGED);
        $milliseconds = intdiv(hrtime(true) - $started, 1_000_000);
        $now = $this->clock->time();
        $this->lines->add(array_map(fn(row_result $result) => [
            'event_type' => $eventtype,
            'module' => $definition->name,
            'zoho_record_id' => $result->id === '' ? null : $result->id,
            'action' => $result->action->value,
            'status' => $result->action === action::REJECTED ? 'error' : 'ok',
            'error_code' => $result->faults ? $result->faults[0]->code->value : null,
            'error_message' => $result->faults ? self::message($result->faults) : null,
            'processing_time' => $milliseconds,
            'timecreated' => $now,
        ], $told));
    }

    /**
     * Fields and codes. A field whose name the plugin would never give could be a value: it is not named.
     *
     * @param fault[] $faults
     * @return string
     */
    private static function message(array $faults): string {
        $words = array_map(function (fault $fault): string {
            $isname = preg_match('/^[a-z0-9_.\[\]]{0,100}$/D', $fault->field);
            return ltrim(($isname ? $fault->field : '?') . ': ' . $fault->code->value, ': ');
        }, $faults);
        return \core_text::substr(implode(', ', $words), 0, self::MESSAGE_LENGTH);
    }
}
