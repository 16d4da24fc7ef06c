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

use local_mzi\entity\registry;
use local_mzi\event\sync_requested;
use local_mzi\local\bridge_fault;
use local_mzi\local\sync_history;

/**
 * Starts and steers syncs of the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_syncs {
    /** All changes, or everything. */
    public const MODES = ['delta', 'full'];

    /** What can be done with a sync. */
    public const ACTIONS = ['pause', 'resume', 'cancel'];

    /** Syncs that are listed. */
    private const HISTORY = 20;

    /**
     * Constructor.
     *
     * @param bridge_client $client
     */
    public function __construct(
        /** @var bridge_client the bridge */
        private readonly bridge_client $client,
    ) {
    }

    /**
     * The latest syncs, or why they cannot be had.
     *
     * @return sync_history
     */
    public function history(): sync_history {
        try {
            return new sync_history($this->client->history(self::HISTORY), null);
        } catch (bridge_fault $fault) {
            return new sync_history([], $fault);
        }
    }

    /**
     * Starts a sync. The changes of everything are no sync: the bridge looks for them by itself.
     *
     * @param string $entity empty for all
     * @param string $mode full or delta
     * @throws bridge_fault
     * @throws \moodle_exception sync_changes_of_all
     * @throws \invalid_parameter_exception
     */
    public function start(string $entity, string $mode): void {
        if (!in_array($mode, self::MODES, true) || !in_array($entity, ['', ...registry::names()], true)) {
            throw new \invalid_parameter_exception('No such sync');
        }
        if ($entity === '' && $mode === 'delta') {
            throw new \moodle_exception('sync_changes_of_all', 'local_mzi');
        }
        $one = $entity === '' ? null : $entity;
        $this->client->start($one, $mode);
        sync_requested::started($one, $mode)->trigger();
        bridge_watch::forget();
    }

    /**
     * Pauses, resumes or cancels a sync.
     *
     * @param int $id
     * @param string $action
     * @throws bridge_fault
     * @throws \invalid_parameter_exception
     */
    public function steer(int $id, string $action): void {
        if (!in_array($action, self::ACTIONS, true)) {
            throw new \invalid_parameter_exception('No such action');
        }
        $this->client->steer($id, $action);
        sync_requested::steered($id, $action)->trigger();
        bridge_watch::forget();
    }
}
