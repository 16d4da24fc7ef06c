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

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

/**
 * What a student can ask for. The value stands in addresses and in the table of windows.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum request_type: string {
    /** A place in the next semester. */
    case ENROLL = 'enroll';
    /** To leave classes. */
    case DROP = 'drop';
    /** To hand in late. */
    case LATE = 'late';
    /** To have personal data changed. */
    case CHANGE = 'change';
    /** Another picture; travels as a change of personal data. */
    case PHOTO = 'photo';
    /** A student card. */
    case CARD = 'card';

    /** Field_Name of a row that asks for another picture. */
    public const PHOTO_FIELD = 'Photo';

    /**
     * The type's name in the CRM.
     *
     * @return string
     */
    public function crm(): string {
        return match ($this) {
            self::ENROLL => 'Enroll Next Semester',
            self::DROP => 'Class Drop',
            self::LATE => 'Late Submission',
            self::CHANGE, self::PHOTO => 'Change Information',
            self::CARD => 'Student Card',
        };
    }

    /**
     * The type of a request of the CRM.
     *
     * @param string $crm its name there
     * @param array[] $changes rows of Change_Information
     * @return self|null if it is none that students make here
     */
    public static function of_crm(string $crm, array $changes): ?self {
        if ($crm === self::PHOTO->crm() && array_column($changes, 'Field_Name') === [self::PHOTO_FIELD]) {
            return self::PHOTO;
        }
        foreach (self::cases() as $type) {
            if ($type->crm() === $crm) {
                return $type;
            }
        }
        return null;
    }

    /**
     * The name in the user's language.
     *
     * @return string
     */
    public function label(): string {
        return get_string("request_type_{$this->value}", 'local_mzi');
    }

    /**
     * Whether a reason must be given.
     *
     * @return bool
     */
    public function needs_reason(): bool {
        return in_array($this, [self::DROP, self::LATE, self::CARD], true);
    }

    /**
     * How many classes can be named.
     *
     * @return array{0: int, 1: int} least and most
     */
    public function classes(): array {
        return match ($this) {
            self::DROP => [1, 20],
            self::ENROLL => [0, 20],
            self::LATE => [1, 1],
            default => [0, 0],
        };
    }

    /**
     * Whether a file comes with it.
     *
     * @return bool
     */
    public function takes_file(): bool {
        return in_array($this, [self::LATE, self::CHANGE, self::PHOTO], true);
    }
}
