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
 * What a student wants to submit, before anything is checked.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_draft {
    /**
     * Constructor.
     *
     * @param request_type $type
     * @param string $reason
     * @param int[] $classes local ids of class rows
     * @param array<string, string> $changes new values by Field_Name
     * @param \stored_file|null $document from the user's draft area
     */
    public function __construct(
        /** @var request_type what is asked for */
        public readonly request_type $type,
        /** @var string why, in the student's words */
        public readonly string $reason = '',
        /** @var int[] local ids of class rows */
        public readonly array $classes = [],
        /** @var array<string, string> new values by Field_Name */
        public readonly array $changes = [],
        /** @var \stored_file|null from the user's draft area */
        public readonly ?\stored_file $document = null,
    ) {
    }

    /**
     * The same for equal content: two of one fingerprint ask for the same.
     *
     * @param int $studentid local id
     * @return string
     */
    public function fingerprint(int $studentid): string {
        $classes = $this->classes;
        $changes = $this->changes;
        sort($classes);
        ksort($changes, SORT_STRING);
        $content = [
            $studentid,
            $this->type->value,
            $this->reason,
            $classes,
            (object) $changes,
            $this->document?->get_contenthash(),
        ];
        return hash('sha256', json_encode($content, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
    }
}
