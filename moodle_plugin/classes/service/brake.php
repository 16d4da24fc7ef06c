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

use local_mzi\local\brake_mode;
use local_mzi\local\brake_numbers;
use local_mzi\local\closing_kind;
use local_mzi\repository\closings_repository;

/**
 * Lets only so many closing changes of an entity through within a rolling hour, whoever asks for them.
 *
 * A fault on the other side can look like the end of half a school. What lies past the cap waits for a person.
 * Calls that close something wait for each other, from admit() on until release(), so that two of them at once
 * do not both spend what is left.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class brake {
    /** Seconds that a closing change counts. */
    public const WINDOW = HOURSECS;

    /** Seconds to wait for another call. */
    private const PATIENCE = 20;

    /** @var \core\lock\lock[] locks held, by entity */
    private array $locks = [];

    /**
     * Constructor.
     *
     * @param closings_repository $closings
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var closings_repository the closing changes that count */
        private readonly closings_repository $closings,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * How many closing changes go through: the first ones of the list. They count from now on, unless confirmed.
     *
     * Call it inside the transaction that makes the changes, and release() behind its end.
     *
     * @param string $entity what is counted together
     * @param closing_kind $kind
     * @param string[] $zohoids CRM ids of what would be closed
     * @param callable $living returns the number of living rows before the changes
     * @param brake_mode $mode
     * @return int
     * @throws \moodle_exception brakebusy if another call does not come to its end
     */
    public function admit(string $entity, closing_kind $kind, array $zohoids, callable $living, brake_mode $mode): int {
        if ($mode === brake_mode::CONFIRMED) {
            return count($zohoids);
        }
        if ($mode === brake_mode::HOLD || !$zohoids) {
            return 0;
        }
        $this->lock($entity);
        $now = $this->clock->time();
        $left = brake_numbers::current()->cap($living()) - $this->closings->count_after($entity, $now - self::WINDOW);
        $through = array_slice($zohoids, 0, max(0, $left));
        $this->closings->add(array_map(fn(string $zohoid) => [
            'entity' => $entity,
            'kind' => $kind->value,
            'zoho_record_id' => $zohoid,
            'timecreated' => $now,
        ], $through));
        return count($through);
    }

    /**
     * Lets other calls have their turn.
     */
    public function release(): void {
        foreach ($this->locks as $lock) {
            $lock->release();
        }
        $this->locks = [];
    }

    /**
     * Waits for the turn; a batch that runs again still has it.
     *
     * @param string $entity
     */
    private function lock(string $entity): void {
        if (isset($this->locks[$entity])) {
            return;
        }
        $lock = \core\lock\lock_config::get_lock_factory('local_mzi_brake')->get_lock($entity, self::PATIENCE);
        if (!$lock) {
            throw new \moodle_exception('brakebusy', 'local_mzi');
        }
        $this->locks[$entity] = $lock;
    }
}
