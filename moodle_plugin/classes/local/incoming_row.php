<?php
namespace local_mzi\local;

/**
 * A record of a batch, checked and in the form the database takes.
 *
 * @@
 */
final class incoming_row {
    /**
     * Constructor.
     *
     * @param string $id CRM id
     * @param int $modifiedtime version, epoch seconds
     * @param int $readtime when the CRM was read, epoch seconds by the CRM's clock
     * @param string $contenthash
     * @param array<string, string|int|null> $values by column; an absent column is left alone
     * @param array<string, array[]> $children rows by list; an absent list is left alone
     */
    public function __construct(
        /** @var string CRM id */
        public readonly string $id,
        /** @var int version, epoch seconds */
        public readonly int $modifiedtime,
        /** @var int when the CRM was read, epoch seconds by the CRM's clock */
        public readonly int $readtime,
        /** @var string hash of the record as the bridge computed it */
        public readonly string $contenthash,
        /** @var array<string, string|int|null> by column; an absent column is left alone */
        public readonly array $values,
        /** @var array<string, array[]> rows by list; an absent list is left alone */
        public readonly array $children = [],
    ) {
    }

    /**
     * The same with one column set, or left alone where the value is null.
     *
     * @param string $column
     * @param int|null $value
     * @return self
     */
    public function with_or_without(string $column, ?int $value): self {
        $values = $this->values;
        unset($values[$column]);
        if ($value !== null) {
            $values[$column] = $value;
        }
        return new self($this->id, $this->modifiedtime, $this->readtime, $this->contenthash, $values, $this->children);
    }
}
