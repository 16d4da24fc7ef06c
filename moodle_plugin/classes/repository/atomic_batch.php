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

namespace local_mzi\repository;

/**
 * Runs the writes of one batch in one transaction, and again if other batches were in the way.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class atomic_batch {
    /** Most runs of a batch. Each time another batch has won, so as many batches of the same new records get through. */
    private const MAX_RUNS = 8;

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
    ) {
    }

    /**
     * All or nothing.
     *
     * Two batches that insert the same new record meet in its unique key (or in a deadlock): the one that
     * loses is rolled back and run again, when it finds the record there and updates it. Inside a
     * transaction of the caller that cannot be done, so the error goes to the caller.
     *
     * @param callable $work reads and writes, and returns the outcome
     * @return mixed the outcome
     * @throws \dml_exception
     */
    public function run(callable $work): mixed {
        $left = $this->db->is_transaction_started() ? 1 : self::MAX_RUNS;
        while (true) {
            try {
                return $this->attempt($work);
            } catch (\dml_write_exception $exception) {
                if (--$left === 0) {
                    throw $exception;
                }
            }
        }
    }

    /**
     * One run.
     *
     * @param callable $work
     * @return mixed
     */
    private function attempt(callable $work): mixed {
        $transaction = $this->db->start_delegated_transaction();
        try {
            $outcome = $work();
            $transaction->allow_commit();
            return $outcome;
        } catch (\Throwable $exception) {
            // This throws the exception again.
            $transaction->rollback($exception);
        }
    }
}
