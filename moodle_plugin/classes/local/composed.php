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
 * What became of an event whose data was to be put together.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class composed {
    /** Why an event waits whose data could not be read: a fault here, not something that is to come. */
    public const FAULT = 'compose_fault';

    /**
     * Use the named constructors.
     *
     * @param array|null $data what the envelope carries
     * @param string|null $reason why there is none
     * @param bool $final whether it stays so
     */
    private function __construct(
        /** @var array|null what the envelope carries under "data", null if it cannot be sent */
        public readonly ?array $data,
        /** @var string|null why it cannot be sent */
        public readonly ?string $reason = null,
        /** @var bool whether it will never be sent */
        public readonly bool $final = false,
    ) {
    }

    /**
     * It can be sent.
     *
     * @param array $data
     * @return self
     */
    public static function ready(array $data): self {
        return new self($data);
    }

    /**
     * Something that is to come is missing.
     *
     * @param string $reason
     * @return self
     */
    public static function wait(string $reason): self {
        return new self(null, $reason);
    }

    /**
     * It is not for the CRM.
     *
     * @param string $reason
     * @return self
     */
    public static function skip(string $reason): self {
        return new self(null, $reason, true);
    }
}
