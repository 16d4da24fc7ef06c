<?php
namespace local_mzi\repository;

use local_mzi\entity\child;

/**
 * The tables of child rows.
 *
 * @@
 */
final class child_repository {
    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param bulk_writer $writer
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var bulk_writer writes many rows by one statement */
        private readonly bulk_writer $writer,
    ) {
    }

    /**
     * Replaces the lists of records as sets.
     *
     * @param child $child
     * @param array<int, array{0: string, 1: array[]}> $lists pairs of the parent's CRM id and its rows in order
     */
    public function replace(child $child, array $lists): void {
        if (!$lists) {
            return;
        }
        $this->delete($child, array_column($lists, 0));
        $rows = [];
        foreach ($lists as [$parentid, $list]) {
            foreach ($list as $position => $row) {
                $rows[] = [$child->parent => $parentid, 'sortorder' => $position] + $row;
            }
        }
        $this->writer->insert($child->table, $rows);
    }

    /**
     * Deletes the lists of records.
     *
     * @param child $child
     * @param string[] $parentids CRM ids
     */
    public function delete(child $child, array $parentids): void {
        if ($parentids) {
            $this->db->delete_records_list($child->table, $child->parent, $parentids);
        }
    }

    /**
     * The lists of records.
     *
     * @param child $child
     * @param string[] $parentids CRM ids
     * @return \stdClass[] rows in the order of their lists
     */
    public function rows(child $child, array $parentids): array {
        return $this->db->get_records_list($child->table, $child->parent, $parentids, "{$child->parent}, sortorder");
    }
}
