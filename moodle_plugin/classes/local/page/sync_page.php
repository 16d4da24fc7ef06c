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

namespace local_mzi\local\page;

use local_mzi\local\bridge_fault;
use local_mzi\output\admin\sync;
use local_mzi\service\bridge_syncs;
use local_mzi\service\outbox_report;
use local_mzi\service\outbox_retry;

/**
 * The page on which syncs are started and steered, and events that failed are queued again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync_page {
    /**
     * Shows it, or does what a button says.
     */
    public static function show(): void {
        admin_page::open('sync');
        if (admin_page::is_sent()) {
            self::act(required_param('action', PARAM_ALPHA));
        }
        $report = \core\di::get(outbox_report::class);
        admin_page::show('sync', new sync(
            \core\di::get(bridge_syncs::class)->history(),
            $report->failed(),
            $report->summary()->failed
        ));
    }

    /**
     * Does what a button says.
     *
     * @param string $action
     */
    private static function act(string $action): never {
        $page = admin_page::url('sync');
        $syncs = \core\di::get(bridge_syncs::class);
        try {
            if ($action === 'start') {
                $syncs->start(optional_param('entity', '', PARAM_ALPHA), required_param('mode', PARAM_ALPHA));
                admin_page::done($page, get_string('sync_started', 'local_mzi'));
            }
            if ($action === 'retry') {
                $count = \core\di::get(outbox_retry::class)->retry(optional_param('id', null, PARAM_INT));
                admin_page::done($page, get_string('outbox_retried', 'local_mzi', $count));
            }
            $syncs->steer(required_param('id', PARAM_INT), $action);
            admin_page::done($page, get_string('sync_steered', 'local_mzi'));
        } catch (bridge_fault $fault) {
            admin_page::failed($page, s(implode(' ', array_filter($fault->export()))));
        } catch (\moodle_exception $exception) {
            if ($exception->errorcode !== 'sync_changes_of_all') {
                throw $exception;
            }
            admin_page::failed($page, $exception->getMessage());
        }
    }
}
