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
 * A page of Moodle with nothing in it: what every other page costs at the least.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

require(__DIR__ . '/config.php');

require_login(null, false);
$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url('/mzi_empty_page.php');
$PAGE->set_pagelayout('standard');
$PAGE->set_title('Nothing');
$PAGE->set_heading('Nothing');
echo $OUTPUT->header(), $OUTPUT->footer();
