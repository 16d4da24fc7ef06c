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
 * What the bridge finds wrong in a mapping. Its words are English.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mapping_finding {
    /**
     * Use list_of().
     *
     * @param bool $iserror whether the mapping cannot be used with it
     * @param string $key place in the table, as in columns.city
     * @param string $message
     * @param string[] $suggestions
     */
    private function __construct(
        /** @var bool whether the mapping cannot be used with it */
        public readonly bool $iserror,
        /** @var string place in the table, as in columns.city */
        public readonly string $key,
        /** @var string English */
        public readonly string $message,
        /** @var string[] what would be right */
        public readonly array $suggestions,
    ) {
    }

    /**
     * The findings of an answer.
     *
     * @param json_reader $answer
     * @return self[]
     */
    public static function list_of(json_reader $answer): array {
        return array_values(array_map(fn(json_reader $finding) => new self(
            $finding->text('severity') === 'error',
            $finding->text('key'),
            $finding->text('message'),
            $finding->texts('suggestions'),
        ), $answer->parts('findings')));
    }

    /**
     * The column that it is about.
     *
     * @param string[] $columns
     * @return string|null null if it is about none of them
     */
    public function column(array $columns): ?string {
        $parts = explode('.', $this->key);
        $place = array_search('columns', $parts, true);
        // What lies under children has columns of its own, which are not on the page.
        if ($place === false || in_array('children', $parts, true)) {
            return null;
        }
        $name = $parts[$place + 1] ?? null;
        return in_array($name, $columns, true) ? $name : null;
    }

    /**
     * What a template shows of it.
     *
     * @return array
     */
    public function export(): array {
        return [
            'iserror' => $this->iserror,
            'key' => $this->key,
            'message' => $this->message,
            'suggestions' => implode(', ', $this->suggestions),
        ];
    }
}
