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
 * Makes or repairs the account by which the bridge calls this site, and prints its token.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/clilib.php');

[$options, $unknown] = cli_get_params(
    [
        'api-key' => null,
        'bridge-url' => null,
        'event-key' => null,
        'help' => false,
        'json' => false,
        'rotate' => false,
        'show-token' => false,
        'username' => \local_mzi\service\bridge_account::USERNAME,
    ],
    ['h' => 'help']
);

if ($unknown) {
    cli_error(get_string('cliunknowoption', 'admin', implode("\n  ", $unknown)), 2);
}

if ($options['help']) {
    echo get_string('setup_help', 'local_mzi'), "\n";
    exit(0);
}

try {
    \core\cron::setup_user();
    \local_mzi\service\bridge_address::save($options['bridge-url'], $options['event-key'], $options['api-key']);
    $account = \core\di::get(\local_mzi\service\bridge_account::class)
        ->set_up((string) $options['username'], (bool) $options['rotate']);
} catch (moodle_exception $exception) {
    cli_error($exception->getMessage() . ($exception->debuginfo ? "\n" . $exception->debuginfo : ''));
}

$token = $account['isnew'] || $options['show-token'] ? $account['token'] : null;

if ($options['json']) {
    echo json_encode(['token' => $token, 'userid' => $account['userid'], 'service' => $account['service']]), "\n";
    exit(0);
}

cli_writeln(get_string('setup_done', 'local_mzi', (object) $account));
cli_writeln($token ?? get_string('setup_tokenkept', 'local_mzi'));
