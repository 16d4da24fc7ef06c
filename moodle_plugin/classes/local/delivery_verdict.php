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
 * What the bridge's answer means for the events of a message.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class delivery_verdict {
    /** Words of the bridge for an event that it will never take. */
    private const FINAL = ['bad_envelope', 'wrong_event', 'event_id_reused'];

    /** Status of HTTP for a message that is too large. */
    private const TOO_LARGE = 413;

    /**
     * Use of().
     *
     * @param array<string, string|null> $settled by event id: null for taken, or why it never will be
     * @param string|null $fault why the message has to be sent again
     * @param bool $split whether it has to be sent in halves
     */
    private function __construct(
        /** @var array<string, string|null> by event id: null for taken, or why it never will be */
        public readonly array $settled = [],
        /** @var string|null why the message has to be sent again, null if it need not be */
        public readonly ?string $fault = null,
        /** @var bool whether it has to be sent in halves */
        public readonly bool $split = false,
    ) {
    }

    /**
     * Reads an answer. What the bridge has not said in so many words is a fault of the link: nothing is given up for
     * what something in between answers.
     *
     * @param posted $posted
     * @param string[] $eventids of the message, in order
     * @return self
     */
    public static function of(posted $posted, array $eventids): self {
        $answer = json_decode($posted->body, true);
        $answer = is_array($answer) ? $answer : [];
        $word = self::word($answer['error'] ?? $answer['message'] ?? null);
        $alone = count($eventids) === 1;
        $refused = $posted->status === self::TOO_LARGE
            || ($posted->status >= 400 && $posted->status < 500 && in_array($word, self::FINAL, true));
        return match (true) {
            $posted->status === 200 => self::of_results($answer, $eventids),
            $refused && $alone => new self([$eventids[0] => $word === '' ? 'too_large' : $word]),
            $refused => new self(split: true),
            default => new self(fault: $posted->error ?? ($word === '' ? 'http' : $word)),
        };
    }

    /**
     * Reads what became of each event.
     *
     * @param array $answer
     * @param string[] $eventids
     * @return self
     */
    private static function of_results(array $answer, array $eventids): self {
        $results = $answer['results'] ?? (isset($answer['event_id']) ? [$answer] : []);
        $told = array_column(is_array($results) ? array_filter($results, 'is_array') : [], null, 'event_id');
        $settled = [];
        foreach ($eventids as $eventid) {
            $result = $told[$eventid] ?? null;
            if (!is_bool($result['success'] ?? null)) {
                return new self(fault: 'unreadable_answer');
            }
            $settled[$eventid] = $result['success'] ? null : (self::word($result['message'] ?? null) ?: 'refused');
        }
        return new self($settled);
    }

    /**
     * A word of the bridge; anything else is nothing, for it could be a value.
     *
     * @param mixed $word
     * @return string
     */
    private static function word(mixed $word): string {
        return is_string($word) && preg_match('/^[a-z][a-z_]{0,49}$/D', $word) ? $word : '';
    }
}
