<?php
namespace local_mzi\local;

/**
 * What became of one record of a batch.
 *
 * @@
 */
final class row_result {
    /**
     * Constructor.
     *
     * @param string $id CRM id, empty where the record has none that is valid
     * @param action $action
     * @param fault[] $faults empty unless rejected
     */
    public function __construct(
        /** @var string CRM id, empty where the record has none that is valid */
        public readonly string $id,
        /** @var action what became of it */
        public readonly action $action,
        /** @var fault[] empty unless rejected */
        public readonly array $faults = [],
    ) {
    }
}
