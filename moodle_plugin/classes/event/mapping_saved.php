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

namespace local_mzi\event;

/**
 * Somebody saved the mapping of a module in the bridge.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mapping_saved extends admin_event {
    /**
     * The event of a module.
     *
     * @param string $module
     * @param int|null $version
     * @return self
     */
    public static function of(string $module, ?int $version): self {
        return self::create(['other' => ['module' => $module, 'version' => $version]]);
    }

    #[\Override]
    protected static function page(): string {
        return 'mappings';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_mapping_saved', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' saved the mapping of the module '{$this->other['module']}', "
            . "version '{$this->other['version']}'.";
    }
}
