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

namespace local_mzi\service;

use local_mzi\event\mapping_saved;
use local_mzi\fixtures\scripted_curl;
use local_mzi\local\bridge_trouble;
use local_mzi\local\mapping_rule;

/**
 * Mappings are changed column by column, and what the page does not show goes back as it came.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\bridge_mappings
 * @covers     \local_mzi\local\module_mapping
 * @covers     \local_mzi\local\mapping_rule
 * @covers     \local_mzi\local\mapping_finding
 * @covers     \local_mzi\local\mapping_desk
 * @covers     \local_mzi\event\mapping_saved
 */
final class bridge_mappings_test extends \advanced_testcase {
    /** A mapping as the bridge has it. */
    private const MAPPING = '{"module": "M", "entity": "students", "version": 3, "table": {"entity": "students", "key": "id",
        "columns": {"id": "id", "city": "City", "email": {"from": "E", "transform": "strip", "required": true},
        "both": {"from": ["A", "B"], "transform": "concat"}, "gender": {"from": "G", "transform": "map", "values": {}}},
        "closing": {}, "photo": {"attachment": "p"}, "new_key": [1]},
        "fields": [], "columns": [{"name": "city", "type": "text", "length": 9}, {"name": "level", "type": "text"}],
        "transforms": [], "findings": []}';

    /** @var scripted_curl the way to the bridge */
    private scripted_curl $curl;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        require_once(__DIR__ . '/../fixtures/scripted_curl.php');
    }

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->curl = scripted_curl::in_place();
        $this->curl->answer('/M', 200, self::MAPPING);
    }

    /**
     * What a form sends for a column.
     *
     * @param string $from
     * @param string $type
     * @param string $transform
     * @param string $default
     * @return string[]
     */
    private static function row(string $from, string $type = '', string $transform = '', string $default = ''): array {
        return ['from' => $from, 'type' => $type, 'transform' => $transform, 'default' => $default];
    }

    /**
     * The table that was sent last.
     *
     * @return \stdClass
     */
    private function sent(): \stdClass {
        return end($this->curl->calls)['body'];
    }

    public function test_unchanged_rows_send_the_table_back_as_it_came(): void {
        $sink = $this->redirectEvents();
        $desk = \core\di::get(bridge_mappings::class)->put('M', [
            'id' => self::row('id'), 'city' => self::row('City'), 'email' => self::row('E', '', 'strip'),
            'both' => self::row('X'), 'gender' => self::row('G', '', 'map'), 'level' => self::row(''),
        ], 3, 'why', true);

        $this->assertNull($desk->fault);
        $this->assertTrue($desk->checked);
        $this->assertEquals(json_decode(self::MAPPING)->table, $this->sent()->table);
        $this->assertSame([3, 'why', true], [$this->sent()->base_version, $this->sent()->note, $this->sent()->dry_run]);
        $this->assertSame([], $sink->get_events());
    }

    public function test_a_change_keeps_the_keys_that_are_not_shown(): void {
        $sink = $this->redirectEvents();
        \core\di::get(bridge_mappings::class)->put('M', [
            'city' => self::row('Town', 'text', '', '0'), 'email' => self::row('Mail', '', 'lower'),
            'gender' => self::row(''), 'level' => self::row('Level'), 'unknown' => self::row('X'),
        ], 3, '', false);

        $columns = $this->sent()->table->columns;
        $this->assertEquals((object) ['from' => 'Town', 'type' => 'text', 'default' => '0'], $columns->city);
        $this->assertEquals((object) ['from' => 'Mail', 'transform' => 'lower', 'required' => true], $columns->email);
        $this->assertSame('Level', $columns->level);
        $this->assertEquals(['A', 'B'], $columns->both->from);
        $this->assertFalse(isset($columns->gender) || isset($columns->unknown));
        $this->assertFalse($this->sent()->dry_run);
        $saved = array_values(array_filter($sink->get_events(), fn($event) => $event instanceof mapping_saved));
        $this->assertSame(['module' => 'M', 'version' => 3], $saved[0]->other);
    }

    public function test_what_a_form_cannot_hold_is_not_plain(): void {
        $plain = ['"City"', '{"from": "City", "default": 3}', '{"from": "A", "transform": "map", "values": {"a": "b"}}', 'null'];
        $special = ['{"from": ["A"]}', '{"transform": "constant", "value": 1}', '{"from": "A", "transform": ["a", "b"]}',
            '{"from": "A", "default": {}}', '["A"]', '7'];
        foreach ($plain as $rule) {
            $this->assertTrue(mapping_rule::of(json_decode($rule))->is_plain(), $rule);
        }
        foreach ($special as $rule) {
            $this->assertFalse(mapping_rule::of(json_decode($rule))->is_plain(), $rule);
        }
    }

    public function test_a_conflict_and_findings_come_back_with_what_was_typed(): void {
        $finding = ['severity' => 'error', 'key' => 'modules.M.columns.city', 'message' => 'None.', 'suggestions' => ['City']];
        $this->curl->answer('/M', 200, self::MAPPING);
        $bridge = new class ($this->curl) extends bridge_client {
            /** @var \local_mzi\local\bridge_fault what saving ends in */
            public \local_mzi\local\bridge_fault $fault;
            #[\Override]
            public function save_mapping(
                string $module,
                \stdClass $table,
                ?int $base,
                string $note,
                bool $check
            ): \local_mzi\local\module_mapping {
                throw $this->fault;
            }
        };
        $service = new bridge_mappings($bridge);
        foreach ([bridge_trouble::INVALID, bridge_trouble::CONFLICT] as $trouble) {
            $bridge->fault = new \local_mzi\local\bridge_fault($trouble, ['error' => 'x', 'findings' => [$finding]]);
            $desk = $service->put('M', ['city' => self::row('Nowhere')], 2, 'n', false);
            $this->assertSame([$trouble, 'Nowhere', 2, 'n'], [
                $desk->fault->trouble, $desk->rules['city']->from, $desk->base, $desk->note,
            ]);
            $this->assertSame('city', $desk->findings[0]->column(['city']));
            $this->assertNull($desk->findings[0]->column(['level']));
        }
        $bridge->fault = new \local_mzi\local\bridge_fault(bridge_trouble::DOWN);
        $this->expectExceptionObject($bridge->fault);
        $service->put('M', [], 3, '', false);
    }
}
