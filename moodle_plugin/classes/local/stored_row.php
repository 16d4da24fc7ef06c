<?php
namespace local_mzi\local;

/**
 * What the plugin holds of a record, as far as a write must know it.
 *
 * @@
 */
final class stored_row {
    /**
     * Constructor.
     *
     * @param int $id local id
     * @param string $zohoid CRM id
     * @param int $modifiedtime version
     * @param string $contenthash
     * @param int $syncedat read time of the last write accepted
     * @param int|null $deletedat tombstone
     * @param array<string, string|null> $identity the columns that say who it is in Moodle, for persons
     */
    public function __construct(
        /** @var int local id */
        public readonly int $id,
        /** @var string CRM id */
        public readonly string $zohoid,
        /** @var int version */
        public readonly int $modifiedtime,
        /** @var string hash of the last write accepted */
        public readonly string $contenthash,
        /** @var int read time of the last write accepted */
        public readonly int $syncedat,
        /** @var int|null tombstone */
        public readonly ?int $deletedat,
        /** @var array<string, string|null> the columns that say who it is in Moodle, for persons */
        public readonly array $identity = [],
    ) {
    }
}
