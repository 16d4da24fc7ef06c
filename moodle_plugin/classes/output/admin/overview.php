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

use core\context\system;
use core\output\named_templatable;
use local_mzi\local\bridge_settings;
use local_mzi\local\outbox_reason;
use local_mzi\local\outbox_summary;
use local_mzi\local\page\access_page;
use local_mzi\local\page\admin_page;
use local_mzi\local\seen_bridge;
use local_mzi\output\format;

/**
 * How the way to the bridge and back stands.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class overview implements \renderable, named_templatable {
    /** Pages that are linked. */
    private const LINKS = ['sync', 'events', 'mappings', 'diagnostics', 'unlinked', 'connection', 'reset'];

    /**
     * Constructor.
     *
     * @param outbox_summary $outbox
     * @param seen_bridge $bridge
     */
    public function __construct(
        /** @var outbox_summary the events */
        private readonly outbox_summary $outbox,
        /** @var seen_bridge the bridge */
        private readonly seen_bridge $bridge,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/admin_overview';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'action' => admin_page::url('overview')->out(false),
            'sesskey' => sesskey(),
            'off' => !bridge_settings::is_on(),
            'numbers' => $this->numbers(),
            'reasons' => array_map(fn(\stdClass $reason) => [
                'reason' => outbox_reason::text($reason->last_error),
                'number' => format::number($reason->number),
                'latest' => format::time((int) $reason->latest),
            ], $this->outbox->reasons),
            'bridge' => bridge_view::export($this->bridge),
            'links' => array_map(fn(string $page) => [
                'url' => admin_page::url($page)->out(false),
                'title' => get_string("admin_$page", 'local_mzi'),
                'about' => get_string("admin_{$page}_about", 'local_mzi'),
            ], self::links()),
        ];
    }

    /**
     * The pages that the current user may open.
     *
     * @return string[]
     */
    private static function links(): array {
        return has_capability(access_page::CAPABILITY, system::instance()) ? [...self::LINKS, 'access'] : self::LINKS;
    }

    /**
     * The numbers of the events.
     *
     * @return array[]
     */
    private function numbers(): array {
        $outbox = $this->outbox;
        $about = fn(string $name, string $value, string $kind = '') => [
            'label' => get_string("overview_$name", 'local_mzi'), 'value' => $value, 'kind' => $kind,
        ];
        return [
            $about('day', format::number($outbox->day)),
            $about('week', format::number($outbox->week)),
            $about('queued', format::number($outbox->queued)),
            $about('failed', format::number($outbox->failed), $outbox->failed ? 'bad' : ''),
            $about('oldest', $outbox->oldest === null ? get_string('admin_none', 'local_mzi') : format::time($outbox->oldest)),
        ];
    }
}
