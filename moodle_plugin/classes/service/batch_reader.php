<?php
namespace local_mzi\service;

use local_mzi\entity\definition;
use local_mzi\local\action;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\incoming_row;
use local_mzi\local\row_result;

/**
 * Reads a batch: what can be written, and what must be refused.
 *
 * @@
 */
final class batch_reader {
    /**
     * Rows and refusals, each under its position in the batch. Of two records with one id the second is refused.
     *
     * @param definition $definition
     * @param array $records
     * @return array{0: array<int, incoming_row>, 1: array<int, row_result>}
     */
    public static function read(definition $definition, array $records): array {
        $rows = [];
        $refusals = [];
        $seen = [];
        foreach ($records as $index => $record) {
            $read = record_reader::read($definition, $record);
            $fold = '#' . strtolower($read->id);
            if ($read->id !== '' && isset($seen[$fold])) {
                $read = new row_result($read->id, action::REJECTED, [new fault($definition->key, fault_code::DUPLICATE)]);
            }
            $seen[$fold] = true;
            if ($read instanceof incoming_row) {
                $rows[$index] = $read;
            } else {
                $refusals[$index] = $read;
            }
        }
        return [$rows, $refusals];
    }
}
