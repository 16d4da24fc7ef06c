<?php
namespace local_mzi\local;

/**
 * A value does not fit its column. Never holds the value.
 *
 * @@
 */
final class misfit extends \Exception {
    /**
     * Constructor.
     *
     * @param fault_code $reason
     * @param string $expected what would have been right, for the message
     */
    public function __construct(
        /** @var fault_code why */
        public readonly fault_code $reason,
        /** @var string what would have been right */
        public readonly string $expected = '',
    ) {
        parent::__construct($reason->value);
    }
}
