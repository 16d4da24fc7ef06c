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

namespace local_mzi\local;

/**
 * A sync of the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync_run {
    /** States in which it may still go on. */
    private const OPEN = ['running', 'waiting', 'paused', 'queued', 'interrupted', 'pausing', 'cancelling'];

    /** States of which there is a string. */
    private const STATES = ['running', 'paused', 'done', 'failed', 'cancelled', 'interrupted', 'waiting'];

    /**
     * Use list_of().
     *
     * @param int $id
     * @param string $kind
     * @param string[] $modules
     * @param string $mode full or delta
     * @param bool $dryrun
     * @param string $state
     * @param string $reason a word, empty for none
     * @param array<string, int> $counts
     * @param int|null $startedat epoch seconds
     * @param int|null $finishedat epoch seconds
     * @param int|null $total records, null if nobody knows
     * @param string $waiting why it waits, a word
     * @param int|null $secondsleft
     */
    private function __construct(
        /** @var int id of the bridge */
        public readonly int $id,
        /** @var string kind of run */
        public readonly string $kind,
        /** @var string[] modules of the CRM */
        public readonly array $modules,
        /** @var string full or delta */
        public readonly string $mode,
        /** @var bool whether nothing is written */
        public readonly bool $dryrun,
        /** @var string the bridge's word */
        public readonly string $state,
        /** @var string a word, empty for none */
        public readonly string $reason,
        /** @var array<string, int> records by outcome */
        public readonly array $counts,
        /** @var int|null when it began, epoch seconds */
        public readonly ?int $startedat,
        /** @var int|null when it ended, epoch seconds */
        public readonly ?int $finishedat,
        /** @var int|null records, null if nobody knows */
        public readonly ?int $total,
        /** @var string why it waits, a word */
        public readonly string $waiting,
        /** @var int|null seconds that it will still take, null if nobody knows */
        public readonly ?int $secondsleft,
    ) {
    }

    /**
     * Reads an answer.
     *
     * @param array $body
     * @return self[] the newest first
     */
    public static function list_of(array $body): array {
        return array_values(array_map(fn(json_reader $run) => new self(
            $run->number('id') ?? 0,
            $run->text('kind'),
            $run->texts('modules'),
            $run->text('mode'),
            $run->flag('dry_run'),
            $run->text('state'),
            $run->text('reason'),
            $run->numbers('counts'),
            $run->number('started_at'),
            $run->number('finished_at'),
            $run->number('total'),
            $run->text('waiting'),
            $run->number('seconds_left'),
        ), json_reader::of($body)->parts('runs')));
    }

    /**
     * Whether it may still go on.
     *
     * @return bool
     */
    public function is_open(): bool {
        return $this->finishedat === null && in_array($this->state, self::OPEN, true);
    }

    /**
     * Records that it is through with.
     *
     * @return int
     */
    public function done(): int {
        return array_sum($this->counts);
    }

    /**
     * What can be done with it.
     *
     * @return string[] of pause, resume and cancel
     */
    public function actions(): array {
        return match (true) {
            !$this->is_open() => [],
            in_array($this->state, ['paused', 'interrupted'], true) => ['resume', 'cancel'],
            default => ['pause', 'cancel'],
        };
    }

    /**
     * The state in the user's language.
     *
     * @return string
     */
    public function state_text(): string {
        return in_array($this->state, self::STATES, true)
            ? get_string("sync_state_{$this->state}", 'local_mzi')
            : $this->state;
    }
}
