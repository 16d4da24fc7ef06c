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

use local_mzi\local\event_type;
use local_mzi\local\bridge_settings;

/**
 * Makes signed messages of events.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_messages {
    /** Most bytes of a message, unless one event alone has more. */
    private const BYTES = 512 * 1024;

    /** Who sends. */
    private const SOURCE = 'moodle';

    /**
     * Constructor.
     *
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Refuses where no message could be made.
     *
     * @throws \moodle_exception outbox_switchedoff, outbox_noaddress, outbox_badaddress, outbox_othersite, outbox_nokey,
     *     outbox_keylost
     */
    public function require_link(): void {
        if (!bridge_settings::is_on()) {
            throw new \moodle_exception('outbox_switchedoff', 'local_mzi');
        }
        bridge_address::url('');
        event_signature::headers('', 0, '');
    }

    /**
     * The events in runs that one message can carry, in order: requests go elsewhere than the others.
     *
     * @param array<int, \stdClass> $rows
     * @return \stdClass[][]
     */
    public function runs(array $rows): array {
        $runs = [];
        $path = null;
        $bytes = 0;
        foreach ($rows as $row) {
            $wanted = event_type::from($row->event_type)->path();
            $size = strlen($row->payload);
            if ($wanted !== $path || $bytes + $size > self::BYTES) {
                $runs[] = [];
                [$path, $bytes] = [$wanted, 0];
            }
            $runs[array_key_last($runs)][] = $row;
            $bytes += $size;
        }
        return $runs;
    }

    /**
     * The message of a run.
     *
     * @param \stdClass[] $rows of one path
     * @return \stdClass url, headers and body
     */
    public function message(array $rows): \stdClass {
        $body = '{"events":[' . implode(',', array_map(self::envelope(...), $rows)) . ']}';
        $id = count($rows) === 1 ? $rows[0]->event_id : \core\uuid::generate();
        return (object) [
            'url' => bridge_address::url(event_type::from($rows[0]->event_type)->path()),
            'headers' => event_signature::headers($id, $this->clock->time(), $body),
            'body' => $body,
        ];
    }

    /**
     * One event. Its data is carried byte by byte as it was kept.
     *
     * @param \stdClass $row
     * @return string JSON
     */
    private static function envelope(\stdClass $row): string {
        global $CFG;
        $head = json_encode([
            'event_id' => $row->event_id,
            'event_type' => $row->event_type,
            'timestamp' => gmdate('Y-m-d\TH:i:s\Z', (int) $row->occurred_at),
            'source' => self::SOURCE,
            'moodle_url' => $CFG->wwwroot,
            'tenant_id' => bridge_settings::tenant(),
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
        return substr($head, 0, -1) . ',"data":' . $row->payload . '}';
    }
}
