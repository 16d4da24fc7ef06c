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
 * The rule of a column: from which field of the CRM it is filled, and how.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mapping_rule {
    /** The keys that a form can change. */
    private const KEYS = ['from', 'type', 'transform', 'default'];

    /**
     * Constructor.
     *
     * @param mixed $given the rule as it is: a text, an object, or null for none
     * @param string $from field of the CRM, with .id or .name for a part of a lookup
     * @param string $type empty for that of the column
     * @param string $transform empty for none
     * @param string|null $default null for none
     */
    private function __construct(
        /** @var mixed the rule as it is: a text, an object, or null for none */
        private readonly mixed $given,
        /** @var string field of the CRM */
        public readonly string $from,
        /** @var string type, empty for that of the column */
        public readonly string $type,
        /** @var string transform, empty for none */
        public readonly string $transform,
        /** @var string|null default, null for none */
        public readonly ?string $default,
    ) {
    }

    /**
     * Reads a rule.
     *
     * @param mixed $given
     * @return self
     */
    public static function of(mixed $given): self {
        $keys = $given instanceof \stdClass ? (array) $given : [];
        $text = fn(string $key): string => is_scalar($keys[$key] ?? null) ? (string) $keys[$key] : '';
        return new self(
            $given,
            is_string($given) ? $given : $text('from'),
            $text('type'),
            $text('transform'),
            isset($keys['default']) ? $text('default') : null,
        );
    }

    /**
     * Whether a form can hold it: one field, and not more than one transform.
     *
     * @return bool
     */
    public function is_plain(): bool {
        if ($this->given === null || is_string($this->given)) {
            return true;
        }
        $keys = $this->given instanceof \stdClass ? (array) $this->given : [];
        foreach (['from', 'type', 'transform'] as $key) {
            if (isset($keys[$key]) && !is_string($keys[$key])) {
                return false;
            }
        }
        return isset($keys['from']) && is_scalar($keys['default'] ?? '');
    }

    /**
     * The rule as it is written, for one that a form cannot hold.
     *
     * @return string
     */
    public function written(): string {
        return json_encode($this->given, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }

    /**
     * The rule as somebody wants it. Keys that the form does not show stay as they are.
     *
     * @param string $from empty takes the rule out
     * @param string $type
     * @param string $transform
     * @param string $default empty for none
     * @return self
     */
    public function changed(string $from, string $type, string $transform, string $default): self {
        if ([$from, $type, $transform, $default] === [$this->from, $this->type, $this->transform, (string) $this->default]) {
            return $this;
        }
        if ($from === '') {
            return self::of(null);
        }
        $keys = $this->given instanceof \stdClass ? (array) $this->given : [];
        foreach (['from' => $from, 'type' => $type, 'transform' => $transform] as $key => $value) {
            $keys[$key] = $value;
        }
        if ($default !== (string) $this->default) {
            $keys['default'] = $default;
        }
        foreach (self::KEYS as $key) {
            if (($keys[$key] ?? '') === '') {
                unset($keys[$key]);
            }
        }
        return self::of(array_keys($keys) === ['from'] ? $from : (object) $keys);
    }

    /**
     * The rule as the table has it.
     *
     * @return mixed null for none
     */
    public function value(): mixed {
        return $this->given;
    }
}
