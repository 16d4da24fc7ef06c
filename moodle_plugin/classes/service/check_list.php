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

use core\check\check;
use local_mzi\check\bridge_check;
use local_mzi\check\cron_check;
use local_mzi\check\enrolment_check;
use local_mzi\check\failure_check;
use local_mzi\check\observer_check;
use local_mzi\check\outbox_check;
use local_mzi\check\token_check;
use local_mzi\check\web_service_check;

/**
 * The checks of the plugin, for Moodle's page of checks and for ours.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class check_list {
    /**
     * The checks.
     *
     * @return check[]
     */
    public static function all(): array {
        $checks = [
            new bridge_check(),
            new web_service_check(),
            new token_check(),
            new cron_check(),
            new outbox_check(),
            new failure_check(),
            new observer_check(),
            new enrolment_check(),
        ];
        foreach ($checks as $check) {
            $check->set_component('local_mzi');
        }
        return $checks;
    }
}
