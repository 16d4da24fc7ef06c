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
 * The bridge did not do what a page wanted. Never holds a secret or an answer's text, but for the bridge's own words.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class bridge_fault extends \moodle_exception {
    /** Words of which there are strings of their own. */
    public const KNOWN = [
        ...['module_not_mapped', 'no_such_sync', 'sync_not_paused', 'sync_not_running', 'sync_paused', 'sync_running'],
    ];

    /** Words of the bridge. */
    private const WORD = '/^[a-z][a-z0-9_]{0,59}$/D';

    /** @var string|null the bridge's own word */
    public readonly ?string $word;

    /**
     * Constructor.
     *
     * @param bridge_trouble $trouble
     * @param array $body of the answer
     */
    public function __construct(
        /** @var bridge_trouble why */
        public readonly bridge_trouble $trouble,
        /** @var array body of the answer */
        public readonly array $body = [],
    ) {
        $word = $body['error'] ?? null;
        $this->word = is_string($word) && preg_match(self::WORD, $word) ? $word : null;
        parent::__construct("bridge_trouble_{$trouble->value}", 'local_mzi');
    }

    /**
     * What a template shows of it.
     *
     * @return array
     */
    public function export(): array {
        $isknown = in_array($this->word, self::KNOWN, true);
        return [
            'message' => $isknown ? get_string("bridge_word_{$this->word}", 'local_mzi') : $this->trouble->message(),
            'word' => $this->word,
            'fix' => $isknown ? get_string("bridge_word_{$this->word}_fix", 'local_mzi') : $this->trouble->fix(),
        ];
    }
}
