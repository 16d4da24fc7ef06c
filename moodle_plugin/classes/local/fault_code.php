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
 * Why a value cannot be stored, by the word the contract uses for it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum fault_code: string {
    /** Absent, null or empty where it must not be. */
    case REQUIRED = 'required';
    /** The entity has no such column. */
    case UNKNOWN_FIELD = 'unknown_field';
    /** Another JSON type than declared. */
    case WRONG_TYPE = 'wrong_type';
    /** More characters than the column holds. */
    case TOO_LONG = 'too_long';
    /** More digits than the column holds. */
    case OUT_OF_RANGE = 'out_of_range';
    /** The right type, but not a value that means something. */
    case INVALID_VALUE = 'invalid_value';
    /** The same id twice. */
    case DUPLICATE = 'duplicate';
    /** More bytes than are taken. */
    case TOO_LARGE = 'too_large';
    /** More pixels than are unpacked. */
    case TOO_MANY_PIXELS = 'too_many_pixels';
    /** Not a picture of a type that is taken, or a broken one. */
    case NOT_AN_IMAGE = 'not_an_image';
    /** The picture is not known here, and was not sent. */
    case IMAGE_NEEDED = 'image_needed';
    /** No such student has come yet. */
    case UNKNOWN_STUDENT = 'unknown_student';
    /** No such request was made here by this student. */
    case UNKNOWN_REQUEST = 'unknown_request';
    /** The student was deleted in the CRM. */
    case DELETED_STUDENT = 'deleted_student';
}
