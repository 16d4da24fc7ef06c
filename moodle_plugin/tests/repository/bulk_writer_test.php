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

namespace local_mzi\repository;

/**
 * Many rows by few statements.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\repository\bulk_writer
 * @covers     \local_mzi\repository\json_statements
 * @covers     \local_mzi\repository\joined_statements
 * @covers     \local_mzi\repository\parameter_statements
 * @covers     \local_mzi\repository\statement_portions
 */
final class bulk_writer_test extends \advanced_testcase {
    /** @var string a table with numbers, texts and amounts */
    private const TABLE = 'local_mzi_payments';

    /** @var string what must not be taken for a part of a statement */
    private const ODD = "O'Neill \\ \" ? :name {user} \u{1F600} \u{0637}\u{0627}\u{0644}\u{0628}";

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
    }

    /**
     * The ways of this site's database: its own, and the one of every database.
     *
     * @return bulk_statements[]
     */
    private function ways(): array {
        global $DB;
        $own = $DB->get_dbfamily() === 'postgres' ? new json_statements($DB) : new joined_statements($DB);
        return [$own, new parameter_statements($DB)];
    }

    /**
     * Stored payments, with an amount and a note each.
     *
     * @param int $count
     * @return int[] their ids
     */
    private function payments(int $count): array {
        global $DB;
        $DB->delete_records(self::TABLE);
        $rows = array_map(fn(int $n) => [
            'zoho_payment_id' => "P$n",
            'amount' => '1.50',
            'note' => "note $n",
            'modified_time' => 1,
            'timecreated' => 1,
            'timemodified' => 1,
        ], range(1, $count));
        (new bulk_writer($DB))->insert(self::TABLE, $rows);
        return array_map('intval', $DB->get_fieldset_select(self::TABLE, 'id', '1 = 1 ORDER BY id'));
    }

    /**
     * What rows hold.
     *
     * @param string $columns
     * @return array[] in the order of their ids
     */
    private function held(string $columns): array {
        global $DB;
        $rows = $DB->get_records(self::TABLE, null, 'id', "id, $columns");
        return array_values(array_map(fn(\stdClass $row) => array_slice(array_values((array) $row), 1), $rows));
    }

    public function test_rows_of_the_same_columns_each_get_their_own_values(): void {
        foreach ($this->ways() as $way) {
            [$first, $second] = $this->payments(3);
            $way->update_alike(self::TABLE, [
                $first => ['amount' => '20.25', 'note' => self::ODD, 'modified_time' => 7],
                $second => ['amount' => null, 'note' => null, 'modified_time' => 8],
            ], ['timemodified' => 9, 'deleted_at' => null]);

            $this->assertEquals([
                ['20.25', self::ODD, 7, 9],
                [null, null, 8, 9],
                ['1.50', 'note 3', 1, 1],
            ], $this->held('amount, note, modified_time, timemodified'), $way::class);
        }
    }

    public function test_a_column_that_a_change_does_not_name_keeps_what_it_holds(): void {
        foreach ($this->ways() as $way) {
            [$first, $second] = $this->payments(2);
            $way->update(self::TABLE, [
                $first => ['amount' => '20.25'],
                $second => ['note' => self::ODD, 'modified_time' => 8],
            ], ['timemodified' => 9]);

            $this->assertEquals([
                ['20.25', 'note 1', 1, 9],
                ['1.50', self::ODD, 8, 9],
            ], $this->held('amount, note, modified_time, timemodified'), $way::class);
        }
    }

    public function test_whatever_rows_name_a_batch_takes_two_statements_at_most(): void {
        global $DB;
        $ids = $this->payments(60);
        $changes = array_map(fn(int $n) => match ($n % 3) {
            0 => ['note' => "new $n"],
            1 => ['note' => "new $n", 'amount' => '2.50'],
            2 => ['amount' => '2.50', 'modified_time' => 2],
        }, array_combine($ids, range(1, 60)));

        $before = $DB->perf_get_queries();
        (new bulk_writer($DB))->update(self::TABLE, array_reverse($changes, true), ['timemodified' => 3]);
        $this->assertSame(2, $DB->perf_get_queries() - $before);

        $expected = array_map(fn(int $n) => [
            $n % 3 === 2 ? "note $n" : "new $n",
            $n % 3 === 0 ? '1.50' : '2.50',
            $n % 3 === 2 ? 2 : 1,
            3,
        ], range(1, 60));
        $this->assertEquals($expected, $this->held('note, amount, modified_time, timemodified'));
    }

    public function test_no_rows_take_no_statement(): void {
        global $DB;
        $writer = new bulk_writer($DB);
        $before = $DB->perf_get_queries();
        $writer->insert(self::TABLE, []);
        $writer->update(self::TABLE, []);
        $this->assertSame($before, $DB->perf_get_queries());
    }
}
