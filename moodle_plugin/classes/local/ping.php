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
 * What came of a test of the connection, when the bridge answered.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class ping {
    /**
     * Constructor.
     *
     * @param string $version of the bridge
     * @param bool $reached whether the bridge reached Moodle
     * @param bool $samesite whether that Moodle is this site
     * @param string $site address of the Moodle that the bridge reached
     * @param string $error the bridge's word if it did not reach Moodle
     * @param string $message the same in a sentence, English
     * @param string $fix what to do, English
     */
    private function __construct(
        /** @var string version of the bridge */
        public readonly string $version,
        /** @var bool whether the bridge reached Moodle */
        public readonly bool $reached,
        /** @var bool whether that Moodle is this site */
        public readonly bool $samesite,
        /** @var string address of the Moodle that the bridge reached */
        public readonly string $site,
        /** @var string the bridge's word if it did not reach Moodle */
        public readonly string $error,
        /** @var string the same in a sentence, English */
        public readonly string $message,
        /** @var string what to do, English */
        public readonly string $fix,
    ) {
    }

    /**
     * Reads an answer.
     *
     * @param array $body
     * @return self
     */
    public static function of(array $body): self {
        $moodle = json_reader::of($body)->part('moodle');
        return new self(
            json_reader::of($body)->text('bridge'),
            $moodle->flag('reached'),
            $moodle->flag('same_site'),
            $moodle->text('site'),
            $moodle->text('error'),
            $moodle->text('message'),
            $moodle->text('fix'),
        );
    }
}
