<?php
namespace local_mzi\local;

/**
 * Why a value cannot be stored, by the word the contract uses for it.
 *
 * @@
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
}
