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
 * How the bridge stands, by its own word.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_state {
    /**
     * Use of().
     *
     * @param string $version
     * @param bool $connected to the CRM and to Moodle
     * @param json_reader|null $trouble why its configuration cannot be used: error, message and fix, English
     * @param json_reader[] $links link, state, reason and until
     * @param int $waiting records
     * @param int|null $oldest for how many seconds the oldest waits
     * @param int $deadletters
     * @param array<string, int> $held closing changes by module
     * @param json_reader $credits spent and daily
     * @param json_reader[] $alarms kind, subject, since and message, English
     * @param json_reader[] $channels module and expires_at
     * @param int|null $polled when the CRM was asked for changes last
     * @param json_reader[] $syncs at, mode and state, by entity
     * @param json_reader|null $drift at, agrees, counts and modules; null if there was no comparison yet
     */
    private function __construct(
        /** @var string its version */
        public readonly string $version,
        /** @var bool whether it is connected to the CRM and to Moodle */
        public readonly bool $connected,
        /** @var json_reader|null why its configuration cannot be used: error, message and fix, English */
        public readonly ?json_reader $trouble,
        /** @var json_reader[] link, state, reason and until */
        public readonly array $links,
        /** @var int records that wait */
        public readonly int $waiting,
        /** @var int|null for how many seconds the oldest waits */
        public readonly ?int $oldest,
        /** @var int records that could not be written */
        public readonly int $deadletters,
        /** @var array<string, int> closing changes that the brake holds, by module */
        public readonly array $held,
        /** @var json_reader spent and daily */
        public readonly json_reader $credits,
        /** @var json_reader[] kind, subject, since and message, English */
        public readonly array $alarms,
        /** @var json_reader[] module and expires_at */
        public readonly array $channels,
        /** @var int|null when the CRM was asked for changes last, epoch seconds */
        public readonly ?int $polled,
        /** @var json_reader[] at, mode and state, by entity */
        public readonly array $syncs,
        /** @var json_reader|null at, agrees, counts and modules; null if there was no comparison yet */
        public readonly ?json_reader $drift,
    ) {
    }

    /**
     * Reads an answer.
     *
     * @param array $body
     * @return self
     */
    public static function of(array $body): self {
        $state = json_reader::of($body);
        return new self(
            $state->text('version'),
            $state->flag('connected'),
            $state->has('trouble') ? $state->part('trouble') : null,
            $state->parts('links'),
            $state->number('waiting') ?? 0,
            $state->number('oldest_waiting_seconds'),
            $state->number('dead_letters') ?? 0,
            $state->numbers('held'),
            $state->part('credits'),
            $state->parts('alarms'),
            $state->parts('channels'),
            $state->number('last_poll_at'),
            $state->parts('last_sync'),
            $state->has('drift') ? $state->part('drift') : null,
        );
    }

    /**
     * The links that do not carry anything now.
     *
     * @return json_reader[]
     */
    public function paused(): array {
        return array_filter($this->links, fn(json_reader $link) => $link->text('state') !== 'ok');
    }

    /**
     * Whether somebody has to look at the bridge.
     *
     * @return bool
     */
    public function needs_somebody(): bool {
        return !$this->connected
            || $this->trouble !== null
            || $this->paused()
            || $this->alarms
            || $this->deadletters > 0
            || array_sum($this->held) > 0;
    }
}
