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
 * Reads decoded JSON that may lack anything: each value has the type that is asked for, or is empty.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class json_reader {
    /**
     * Use of().
     *
     * @param array $values
     */
    private function __construct(
        /** @var array the values by name */
        private readonly array $values,
    ) {
    }

    /**
     * A reader of values.
     *
     * @param mixed $values anything but an array is nothing
     * @return self
     */
    public static function of(mixed $values): self {
        return new self(is_array($values) ? $values : []);
    }

    /**
     * Whether something is there and not null.
     *
     * @param string $name
     * @return bool
     */
    public function has(string $name): bool {
        return isset($this->values[$name]);
    }

    /**
     * A text.
     *
     * @param string $name
     * @return string
     */
    public function text(string $name): string {
        $value = $this->values[$name] ?? '';
        return is_scalar($value) && !is_bool($value) ? (string) $value : '';
    }

    /**
     * Yes or no.
     *
     * @param string $name
     * @return bool
     */
    public function flag(string $name): bool {
        return ($this->values[$name] ?? null) === true;
    }

    /**
     * A whole number; times of the bridge have fractions.
     *
     * @param string $name
     * @return int|null null for none
     */
    public function number(string $name): ?int {
        $value = $this->values[$name] ?? null;
        return is_int($value) || is_float($value) ? (int) $value : null;
    }

    /**
     * An object.
     *
     * @param string $name
     * @return self
     */
    public function part(string $name): self {
        return self::of($this->values[$name] ?? null);
    }

    /**
     * The values as they are.
     *
     * @return array
     */
    public function all(): array {
        return $this->values;
    }

    /**
     * A list or an object whose values are objects.
     *
     * @param string $name
     * @return self[] under the keys that they have
     */
    public function parts(string $name): array {
        return array_map(self::of(...), array_filter($this->part($name)->values, 'is_array'));
    }

    /**
     * A list of texts.
     *
     * @param string $name
     * @return string[]
     */
    public function texts(string $name): array {
        return array_values(array_filter($this->part($name)->values, 'is_string'));
    }

    /**
     * Whole numbers by name.
     *
     * @param string $name
     * @return array<string, int>
     */
    public function numbers(string $name): array {
        return array_map('intval', array_filter($this->part($name)->values, 'is_numeric'));
    }
}
