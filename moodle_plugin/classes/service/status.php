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
use local_mzi\local\brake_numbers;
use local_mzi\local\matching;
use local_mzi\repository\closings_repository;
use local_mzi\repository\entity_repository;
use local_mzi\repository\function_repository;
use local_mzi\repository\outbox_queue_repository;

/**
 * What the bridge wants to know of this site before it sends anything.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class status {
    /**
     * Constructor.
     *
     * @param entity_repository $entities
     * @param function_repository $functions
     * @param closings_repository $closings
     * @param outbox_queue_repository $outbox
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
        /** @var function_repository the functions the site has registered */
        private readonly function_repository $functions,
        /** @var closings_repository the closing changes that count */
        private readonly closings_repository $closings,
        /** @var outbox_queue_repository what waits to be sent */
        private readonly outbox_queue_repository $outbox,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Versions, limits and counts.
     *
     * @return array
     */
    public function read(): array {
        global $CFG;
        $plugin = \core_plugin_manager::instance()->get_plugin_info('local_mzi');
        return [
            'plugin_version' => (int) get_config('local_mzi', 'version'),
            'release' => (string) $plugin->release,
            'moodle_version' => $CFG->release,
            'contract_version' => contract::VERSION,
            'server_time' => $this->clock->time(),
            'max_records' => contract::MAX_RECORDS,
            'max_input_vars' => (int) ini_get('max_input_vars'),
            'post_max_bytes' => get_real_size(ini_get('post_max_size')),
            'counts' => $this->counts(),
            'functions' => array_column($this->functions->all(), 'name'),
            'user_matching' => array_column(matching::order(), 'value'),
            'brake' => (array) brake_numbers::current(),
            'outbox' => $this->outbox->counts($this->clock->time()),
        ];
    }

    /**
     * Rows of each entity, and its closing changes that count.
     *
     * @return array[]
     */
    private function counts(): array {
        $closings = $this->closings->counts_after($this->clock->time() - brake::WINDOW);
        return array_values(array_map(fn(\stdClass $count) => [
            'entity' => $count->entity,
            'rows' => (int) $count->total,
            'deleted' => (int) $count->deleted,
            'unlinked' => (int) $count->unlinked,
            'closings' => $closings[$count->entity] ?? 0,
        ], $this->entities->counts(registry::all())));
    }
}
