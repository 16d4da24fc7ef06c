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
 * Lists places whose end is held, and lets them through.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/clilib.php');

[$options, $unknown] = cli_get_params(['help' => false, 'list' => false, 'confirm' => ''], ['h' => 'help']);

if ($unknown) {
    cli_error(get_string('cliunknowoption', 'admin', implode("\n  ", $unknown)), 2);
}
$number = (string) $options['confirm'];
if ($options['help'] || (bool) $options['list'] === ($number !== '') || ($number !== '' && !ctype_digit($number))) {
    echo get_string('enrolment_help', 'local_mzi'), "\n";
    exit($options['help'] ? 0 : 2);
}

\core\cron::setup_user();
$enrolments = \core\di::get(\local_mzi\repository\enrolment_repository::class);

if ($options['list']) {
    foreach ($enrolments->facts($enrolments->held()) as $place) {
        cli_writeln(implode("\t", [
            $place->zoho_enrollment_id,
            $place->userid ?? '-',
            $place->courseid ?? '-',
            $place->student_status ?? '-',
            $place->class_status ?? '-',
        ]));
    }
    exit(0);
}

$count = \core\di::get(\local_mzi\service\enrolment_repair::class)->confirm((int) $number);
if ($count === null) {
    cli_error(get_string('enrolment_other_number', 'local_mzi', count($enrolments->held())));
}
cli_writeln((string) $count);
exit($count->failed || $count->busy ? 1 : 0);
