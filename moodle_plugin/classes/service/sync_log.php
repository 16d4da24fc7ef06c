<?php
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
 * @@
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
            'error_code' => $result->faults ? reset($result->faults)->code->value : null,
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
        $words = array_map(
            fn(fault $fault) => (preg_match('/^[a-z0-9_.\[\]]{0,100}$/D', $fault->field) ? $fault->field : '?') . ': ' . $fault->code->value,
            $faults
        );
        return \core_text::substr(implode(', ', $words), 0, self::MESSAGE_LENGTH);
    }
}
