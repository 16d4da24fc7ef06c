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
 * Tells where a disposable site's database is, for a measurement that writes beside Moodle.
 *
 * Usage: php database.php CONFIG_PHP; answers {"host", "port", "dbname", "user", "password", "prefix"}.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);

echo json_encode([
    'host' => $CFG->dbhost,
    'port' => (int) $CFG->dboptions['dbport'],
    'dbname' => $CFG->dbname,
    'user' => $CFG->dbuser,
    'password' => $CFG->dbpass,
    'prefix' => $CFG->prefix,
]);
