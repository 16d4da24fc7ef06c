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

use local_mzi\entity\column_type;
use local_mzi\entity\definition;
use local_mzi\local\brake_mode;
use local_mzi\local\write_options;

/**
 * Reads the parameter with the options of a write, a JSON object.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class options_reader {
    /** The options there are. */
    private const NAMES = ['brake', 'closing', 'rewrite'];

    /**
     * The options; what is not named is as usual.
     *
     * @param definition $definition
     * @param string $json
     * @return write_options
     * @throws \moodle_exception invalidjson, invalidoptions
     */
    public static function read(definition $definition, string $json): write_options {
        $options = json_parameter::object('options', $json);
        if (array_diff(array_keys($options), self::NAMES)) {
            self::refuse('only ' . implode(', ', self::NAMES));
        }
        $brake = $options['brake'] ?? null;
        $rewrite = $options['rewrite'] ?? null;
        if (array_key_exists('brake', $options) && (!is_string($brake) || brake_mode::tryFrom($brake) === null)) {
            self::refuse('brake: ' . implode(', ', array_column(brake_mode::cases(), 'value')));
        }
        if (array_key_exists('rewrite', $options) && !is_bool($rewrite)) {
            self::refuse('rewrite: true, false');
        }
        return new write_options(
            brake: $brake === null ? brake_mode::ON : brake_mode::from($brake),
            closing: array_key_exists('closing', $options) ? self::closing($definition, $options['closing']) : [],
            rewrite: $rewrite ?? false,
        );
    }

    /**
     * The values that close a record.
     *
     * @param definition $definition
     * @param mixed $closing
     * @return array<string, string[]> by column
     */
    private static function closing(definition $definition, mixed $closing): array {
        if (!$closing instanceof \stdClass) {
            self::refuse('closing: an object');
        }
        $values = (array) $closing;
        foreach ($values as $name => $list) {
            if (($definition->columns[$name] ?? null)?->type !== column_type::TEXT) {
                self::refuse('closing: text columns of ' . $definition->name);
            }
            if (!is_array($list) || array_filter($list, fn(mixed $value) => !is_string($value))) {
                self::refuse("closing.$name: a list of strings");
            }
        }
        return $values;
    }

    /**
     * Refuses the call.
     *
     * @param string $expected
     * @throws \moodle_exception
     */
    private static function refuse(string $expected): never {
        throw new \moodle_exception('invalidoptions', 'local_mzi', '', $expected);
    }
}
