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
 * Why a request is not stored. The value is the end of a key in the language pack.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum refusal: string {
    /** Outside the window. */
    case CLOSED = 'closed';
    /** More than a student may make in a day. */
    case MANY = 'many';
    /** A text over its limit. */
    case LONG = 'long';
    /** No reason where one is needed. */
    case REASON_MISSING = 'reason_missing';
    /** No class where one is needed. */
    case CLASS_MISSING = 'class_missing';
    /** A class that is not on offer to this student. */
    case CLASS_FOREIGN = 'class_foreign';
    /** Nothing is to be changed. */
    case CHANGE_MISSING = 'change_missing';
    /** A field that cannot be changed. */
    case CHANGE_UNWANTED = 'change_unwanted';
    /** The new value is the old one. */
    case CHANGE_SAME = 'change_same';
    /** No file where one is needed. */
    case FILE_MISSING = 'file_missing';
    /** A file where none is wanted. */
    case FILE_UNWANTED = 'file_unwanted';
    /** A file without content. */
    case FILE_EMPTY = 'file_empty';
    /** A file over its limit. */
    case FILE_LARGE = 'file_large';
    /** A kind of file that is not taken. */
    case FILE_TYPE = 'file_type';
    /** A file that is not what its name says. */
    case FILE_CONTENT = 'file_content';
    /** A picture that cannot be read. */
    case FILE_BROKEN = 'file_broken';
    /** A picture on which nobody could be recognised. */
    case FILE_TINY = 'file_tiny';
}
