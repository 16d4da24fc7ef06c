<?php
namespace local_mzi\local;

/**
 * What became of a record, by the word the contract uses for it.
 *
 * @@
 */
enum action: string {
    /** A new row. */
    case INSERTED = 'inserted';
    /** Another content, or a tombstone lifted. */
    case UPDATED = 'updated';
    /** Nothing to write. */
    case UNCHANGED = 'unchanged';
    /** Older than what is stored. */
    case STALE = 'stale';
    /** A tombstone was set. */
    case DELETED = 'deleted';
    /** Faulty, nothing was written. */
    case REJECTED = 'rejected';
}
