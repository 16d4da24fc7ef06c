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

namespace local_mzi\output\admin;

use local_mzi\entity\registry;
use local_mzi\local\bridge_state;
use local_mzi\local\json_reader;
use local_mzi\local\seen_bridge;
use local_mzi\output\format;

/**
 * How the bridge stands, for templates.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_view {
    /** States of a sync of which there is a string. */
    private const STATES = ['running', 'paused', 'done', 'failed', 'cancelled', 'interrupted', 'waiting'];

    /**
     * What a template shows of it.
     *
     * @param seen_bridge $seen
     * @return array
     */
    public static function export(seen_bridge $seen): array {
        $state = $seen->state;
        return [
            'at' => format::time($seen->at),
            'fault' => $seen->fault?->export(),
            'state' => $state === null ? null : self::state($state),
        ];
    }

    /**
     * The state.
     *
     * @param bridge_state $state
     * @return array
     */
    private static function state(bridge_state $state): array {
        $trouble = $state->trouble;
        return [
            'needs' => $state->needs_somebody(),
            'version' => $state->version,
            'connected' => $state->connected,
            'trouble' => $trouble === null ? null : ['said' => array_values(array_filter(
                [$trouble->text('message'), $trouble->text('fix')]
            ))],
            'facts' => self::facts($state),
            'paused' => array_values(array_map(fn(json_reader $link) => [
                'link' => $link->text('link'),
                'reason' => $link->text('reason'),
                'until' => format::time($link->number('until')),
            ], $state->paused())),
            'alarms' => array_values(array_map(fn(json_reader $alarm) => [
                'kind' => $alarm->text('kind'),
                'subject' => $alarm->text('subject'),
                'since' => format::time($alarm->number('since')),
                'message' => $alarm->text('message'),
            ], $state->alarms)),
            'syncs' => self::syncs($state),
        ];
    }

    /**
     * Numbers and times.
     *
     * @param bridge_state $state
     * @return array[]
     */
    private static function facts(bridge_state $state): array {
        $never = get_string('admin_never', 'local_mzi');
        $facts = [
            'waiting' => format::number($state->waiting),
            'age' => $state->oldest === null ? get_string('admin_none', 'local_mzi') : format_time(max(1, $state->oldest)),
            'dead' => format::number($state->deadletters),
            'held' => format::number(array_sum($state->held)),
            'polled' => format::time($state->polled) ?: $never,
            'credits' => get_string('overview_credits_of', 'local_mzi', (object) [
                'spent' => format::number($state->credits->number('spent') ?? 0),
                'daily' => format::number($state->credits->number('daily') ?? 0),
            ]),
        ];
        return array_map(fn(string $name, string $value) => [
            'label' => get_string("overview_bridge_$name", 'local_mzi'),
            'values' => [$value],
        ], array_keys($facts), $facts);
    }

    /**
     * The last sync of each entity.
     *
     * @param bridge_state $state
     * @return array[]
     */
    private static function syncs(bridge_state $state): array {
        return array_map(function (string $entity) use ($state): array {
            $sync = $state->syncs[$entity] ?? json_reader::of([]);
            $word = $sync->text('state');
            return [
                'entity' => get_string("entity_$entity", 'local_mzi'),
                'at' => format::time($sync->number('at')) ?: get_string('admin_never', 'local_mzi'),
                'mode' => match ($sync->text('mode')) {
                    'full', 'delta' => get_string("sync_mode_{$sync->text('mode')}", 'local_mzi'),
                    default => $sync->text('mode'),
                },
                'state' => in_array($word, self::STATES, true) ? get_string("sync_state_$word", 'local_mzi') : $word,
                'kind' => match ($word) {
                    'done' => 'good',
                    'failed' => 'bad',
                    default => '',
                },
            ];
        }, registry::names());
    }
}
