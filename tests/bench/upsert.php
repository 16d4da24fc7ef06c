<?php
// This program is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// This program is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with this program.  If not, see <https://www.gnu.org/licenses/>.


/**
 * Times the upsert of batches against the same rows by get_record and insert_record or update_record each.
 *
 * Usage: php upsert.php CONFIG_PHP < {"rows": how many in a batch, "rounds": how often}
 * Answers {"insert" and "update": {"batch": seconds, "each": seconds}, "statements": counts of a batch by its rows}.
 * Payments of no student are used, and taken away at the end.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

const TABLE = 'local_mzi_payments';

/** How many rows the statements of a batch are counted for. */
const COUNTED = [1, 100, 500];

/**
 * Records as the bridge sends them.
 *
 * @param int $count
 * @param int $first the first id's number
 * @param int $version all values depend on it
 * @return \stdClass[]
 */
function payments(int $count, int $first, int $version): array {
    return array_map(fn(int $number) => (object) [
        'zoho_payment_id' => sprintf('66%016d', $first + $number),
        'payment_number' => "PAY-$version-$number",
        'zoho_student_id' => sprintf('65%016d', $number),
        'zoho_registration_id' => sprintf('64%016d', $number),
        'amount' => "$version.50",
        'currency' => 'USD',
        'payment_date' => '2026-01-01',
        'payment_method' => "Method $version",
        'modified_time' => 1700000000 + $version,
        'read_time' => 1700000000 + $version,
        'content_hash' => hash('sha256', "$version $number"),
    ], range(1, $count));
}

/**
 * Seconds of a call.
 *
 * @param callable $call
 * @return float
 */
function seconds(callable $call): float {
    $started = hrtime(true);
    $call();
    return (hrtime(true) - $started) / 1e9;
}

/**
 * The naive way: looks for each row, then writes it.
 *
 * @param \stdClass[] $records
 */
function write_each(array $records): void {
    global $DB;
    foreach ($records as $record) {
        $values = (array) $record;
        $values['synced_at'] = $values['read_time'];
        unset($values['read_time']);
        $old = $DB->get_record(TABLE, ['zoho_payment_id' => $record->zoho_payment_id]);
        if ($old) {
            $DB->update_record(TABLE, (object) (['id' => $old->id, 'timemodified' => time()] + $values));
        } else {
            $DB->insert_record(TABLE, (object) ($values + ['timecreated' => time(), 'timemodified' => time()]));
        }
    }
}

/**
 * Writes a batch as the external function does.
 *
 * @param \stdClass[] $records
 */
function write_batch(array $records): void {
    $upsert = \core\di::get(\local_mzi\service\upsert::class);
    foreach ($upsert->apply(\local_mzi\entity\registry::get('payments'), $records) as $result) {
        if (!in_array($result->action->value, ['inserted', 'updated'], true)) {
            throw new \moodle_exception('error', debuginfo: json_encode($result));
        }
    }
}

/**
 * The middle of some times.
 *
 * @param float[] $times
 * @return float
 */
function median(array $times): float {
    sort($times);
    return $times[intdiv(count($times), 2)];
}

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$times = ['insert' => ['batch' => [], 'each' => []], 'update' => ['batch' => [], 'each' => []]];
$ways = ['batch' => write_batch(...), 'each' => write_each(...)];
$first = 0;
for ($round = 0; $round < $given['rounds']; $round++) {
    foreach ($ways as $name => $write) {
        $times['insert'][$name][] = seconds(fn() => $write(payments($given['rows'], $first, 1)));
        $times['update'][$name][] = seconds(fn() => $write(payments($given['rows'], $first, 2)));
        $first += $given['rows'];
    }
}
$statements = [];
foreach (COUNTED as $count) {
    foreach ([1, 2] as $version) {
        $before = $DB->perf_get_queries();
        write_batch(payments($count, $first, $version));
        $statements[$version === 1 ? 'insert' : 'update'][$count] = $DB->perf_get_queries() - $before;
    }
    $first += $count;
}
$DB->delete_records_select(TABLE, "zoho_payment_id LIKE '66%'");
echo json_encode(array_map(fn(array $found) => array_map(median(...), $found), $times) + ['statements' => $statements]), "\n";
