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

use core\output\named_templatable;
use local_mzi\entity\registry;
use local_mzi\local\outbox_reason;
use local_mzi\local\page\admin_page;
use local_mzi\local\sync_history;
use local_mzi\local\sync_run;
use local_mzi\output\event_text;
use local_mzi\output\format;

/**
 * Syncs of the bridge, and events that failed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class sync implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param sync_history $history
     * @param \stdClass[] $failed events
     * @param int $failures how many failed in all
     */
    public function __construct(
        /** @var sync_history the syncs */
        private readonly sync_history $history,
        /** @var \stdClass[] events that failed */
        private readonly array $failed,
        /** @var int how many failed in all */
        private readonly int $failures,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_sync';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $runs = array_map(self::run(...), $this->history->runs);
        return [
            'action' => admin_page::url('sync')->out(false),
            'sesskey' => sesskey(),
            'fault' => $this->history->fault?->export(),
            'reachable' => $this->history->fault === null,
            'goingon' => $this->history->is_going_on(),
            'entities' => array_map(fn(string $entity) => [
                'name' => $entity,
                'title' => get_string("entity_$entity", 'local_mzi'),
            ], registry::names()),
            'open' => array_values(array_filter($runs, fn(array $run) => $run['isopen'])),
            'past' => array_values(array_filter($runs, fn(array $run) => !$run['isopen'])),
            'failed' => array_map(fn(\stdClass $event) => [
                'id' => (int) $event->id,
                'type' => event_text::type($event->event_type),
                'attempts' => get_string('sync_tries', 'local_mzi', format::number($event->attempts)),
                'reason' => outbox_reason::text($event->last_error),
                'at' => format::time((int) $event->timemodified),
                'url' => admin_page::url('event', ['id' => $event->id])->out(false),
            ], $this->failed),
            'failures' => get_string('sync_failures', 'local_mzi', (object) [
                'shown' => format::number(count($this->failed)), 'all' => format::number($this->failures),
            ]),
        ];
    }

    /**
     * A sync.
     *
     * @param sync_run $run
     * @return array
     */
    private static function run(sync_run $run): array {
        $done = $run->done();
        return [
            'id' => $run->id,
            'url' => admin_page::url('sync')->out(false),
            'isopen' => $run->is_open(),
            'what' => implode(', ', $run->modules) ?: get_string('sync_all', 'local_mzi'),
            'mode' => match ($run->mode) {
                'full', 'delta' => get_string("sync_mode_{$run->mode}", 'local_mzi'),
                default => $run->mode,
            },
            'dryrun' => $run->dryrun,
            'state' => $run->state_text(),
            'kind' => match ($run->state) {
                'done' => 'good',
                'failed' => 'bad',
                default => '',
            },
            'words' => array_values(array_filter([$run->reason, $run->waiting])),
            'started' => format::time($run->startedat),
            'finished' => format::time($run->finishedat),
            'total' => $run->total,
            'done' => min($done, $run->total ?? $done),
            'progress' => $run->total === null
                ? get_string('sync_done', 'local_mzi', format::number($done))
                : get_string('sync_done_of', 'local_mzi', (object) [
                    'done' => format::number($done), 'total' => format::number($run->total),
                ]),
            'left' => $run->secondsleft === null
                ? ''
                : get_string('sync_left', 'local_mzi', format_time(max(1, $run->secondsleft))),
            'counts' => array_map(fn(string $word, int $number) => [
                'word' => $word, 'number' => format::number($number),
            ], array_keys($run->counts), $run->counts),
            'actions' => array_map(fn(string $action) => [
                'action' => $action,
                'title' => get_string("sync_$action", 'local_mzi'),
                'label' => get_string("sync_{$action}_one", 'local_mzi', $run->id),
            ], $run->actions()),
        ];
    }
}
