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

/**
 * Lists events that the bridge does not have, queues them again, and sends what is due.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/clilib.php');

[$options, $unknown] = cli_get_params(
    ['help' => false, 'list' => false, 'retry' => false, 'failed' => false, 'id' => '', 'send' => false],
    ['h' => 'help']
);

if ($unknown) {
    cli_error(get_string('cliunknowoption', 'admin', implode("\n  ", $unknown)), 2);
}
$wanted = array_filter([$options['list'], $options['retry'], $options['send']]);
if ($options['help'] || count($wanted) !== 1) {
    echo get_string('outbox_help', 'local_mzi'), "\n";
    exit($options['help'] ? 0 : 2);
}

\core\cron::setup_user();
$queue = \core\di::get(\local_mzi\repository\outbox_queue_repository::class);
$clock = \core\di::get(\core\clock::class);

if ($options['list']) {
    foreach ($queue->undelivered() as $row) {
        cli_writeln(implode("\t", [
            $row->id,
            $row->event_type,
            $row->status,
            $row->attempts,
            gmdate('Y-m-d\TH:i:s\Z', (int) $row->next_attempt),
            $row->last_error ?? '-',
        ]));
    }
    exit(0);
}

if ($options['retry']) {
    $ids = $options['failed'] ? null : array_map('intval', array_filter(explode(',', (string) $options['id'])));
    if ($ids === []) {
        cli_error(get_string('outbox_help', 'local_mzi'), 2);
    }
    cli_writeln(get_string('outbox_retried', 'local_mzi', $queue->requeue($ids, $clock->time())));
    exit(0);
}

try {
    $count = \core\di::get(\local_mzi\service\outbox_delivery::class)->deliver($clock->time() + HOURSECS);
} catch (moodle_exception $exception) {
    cli_error($exception->getMessage());
}
cli_writeln(json_encode($count));
exit($count->fault === null ? 0 : 1);
