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
 * Kinds of files whose content can be told from what they only call themselves.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum document_type: string {
    /** A document. */
    case PDF = 'pdf';
    /** A photograph. */
    case JPEG = 'jpeg';
    /** A picture. */
    case PNG = 'png';

    /** @var int how many bytes of a file tell its kind */
    public const HEAD = 1024;

    /**
     * The endings of its names.
     *
     * @return string[]
     */
    public function extensions(): array {
        return $this === self::JPEG ? ['.jpg', '.jpeg'] : [".{$this->value}"];
    }

    /**
     * Of a name.
     *
     * @param string $filename
     * @return self|null
     */
    public static function of_name(string $filename): ?self {
        $extension = '.' . strtolower(pathinfo($filename, PATHINFO_EXTENSION));
        foreach (self::cases() as $type) {
            if (in_array($extension, $type->extensions(), true)) {
                return $type;
            }
        }
        return null;
    }

    /**
     * Of a content. A PDF may have other bytes before its mark (ISO 32000-1, annex H.3.4.1).
     *
     * @param string $head the first bytes, HEAD at the most
     * @return self|null
     */
    public static function of_content(string $head): ?self {
        return match (true) {
            str_starts_with($head, "\xFF\xD8\xFF") => self::JPEG,
            str_starts_with($head, "\x89PNG\r\n\x1A\n") => self::PNG,
            str_contains($head, '%PDF-') => self::PDF,
            default => null,
        };
    }

    /**
     * Whether it is a picture.
     *
     * @return bool
     */
    public function is_image(): bool {
        return $this !== self::PDF;
    }
}
