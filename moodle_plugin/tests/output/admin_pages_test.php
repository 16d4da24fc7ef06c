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

namespace local_mzi\output;

use local_mzi\fixtures\scripted_curl;
use local_mzi\local\bridge_fault;
use local_mzi\local\bridge_trouble;
use local_mzi\local\secret;
use local_mzi\output\admin\bridge_view;
use local_mzi\output\admin\connection;
use local_mzi\output\admin\diagnostics;
use local_mzi\output\admin\event;
use local_mzi\output\admin\mapping;
use local_mzi\output\admin\overview;
use local_mzi\output\admin\reset;
use local_mzi\output\admin\sync;
use local_mzi\service\bridge_mappings;
use local_mzi\service\bridge_syncs;
use local_mzi\service\bridge_watch;
use local_mzi\service\check_list;
use local_mzi\service\connection_test;
use local_mzi\service\outbox_report;
use local_mzi\service\setting_reset;
use local_mzi\service\status;

/**
 * The pages of those who manage the plugin, as they are drawn: in any state, escaped, without a secret.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\output\admin\bridge_view
 * @covers     \local_mzi\output\admin\connection
 * @covers     \local_mzi\output\admin\diagnostics
 * @covers     \local_mzi\output\admin\event
 * @covers     \local_mzi\output\admin\mapping
 * @covers     \local_mzi\output\admin\overview
 * @covers     \local_mzi\output\admin\reset
 * @covers     \local_mzi\output\admin\sync
 */
final class admin_pages_test extends \advanced_testcase {
    /** Text that runs if it is not escaped. */
    private const ATTACK = '<script>alert(1)</script>';

    /** @var scripted_curl the way to the bridge */
    private scripted_curl $curl;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        require_once(__DIR__ . '/../fixtures/scripted_curl.php');
    }

    #[\Override]
    protected function setUp(): void {
        global $CFG, $PAGE;
        require_once($CFG->libdir . '/adminlib.php');
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $PAGE->set_url('/local/mzi/manage/overview.php');
        $this->curl = scripted_curl::in_place();
    }

    /**
     * A page as the browser gets it.
     *
     * @param \renderable $page
     * @return string
     */
    private static function html(\renderable $page): string {
        global $PAGE;
        return $PAGE->get_renderer('core')->render($page);
    }

    /**
     * All pages that ask the bridge.
     *
     * @return string[]
     */
    private static function pages(): array {
        bridge_watch::forget();
        $seen = \core\di::get(bridge_watch::class)->look();
        $report = \core\di::get(outbox_report::class);
        return [
            'overview' => self::html(new overview($report->summary(), $seen)),
            'sync' => self::html(new sync(\core\di::get(bridge_syncs::class)->history(), $report->failed(), 0)),
            'connection' => self::html(new connection(\core\di::get(connection_test::class)->run())),
            'diagnostics' => self::html(new diagnostics(check_list::all(), \core\di::get(status::class)->read(), $seen)),
            'reset' => self::html(new reset((new setting_reset())->changed(), false)),
        ];
    }

    public function test_whatever_the_bridge_says_is_escaped_and_no_secret_is_shown(): void {
        $attack = self::ATTACK;
        $this->curl->answer('/state', 200, [
            'version' => $attack, 'connected' => false, 'trouble' => ['message' => $attack, 'fix' => $attack],
            'links' => [['link' => $attack, 'state' => 'paused', 'reason' => $attack]],
            'alarms' => [['kind' => $attack, 'subject' => $attack, 'message' => $attack, 'since' => 1]],
            'last_sync' => ['students' => ['at' => 1, 'mode' => $attack, 'state' => $attack]],
            'drift' => ['counts' => [$attack => 1], 'modules' => [$attack => [$attack => 1]]],
        ]);
        $this->curl->answer('kind=job', 200, ['runs' => [
            ['id' => 1, 'modules' => [$attack], 'mode' => $attack, 'state' => $attack, 'reason' => $attack,
                'counts' => [$attack => 1]],
        ]]);
        $this->curl->answer('/ping', 200, ['bridge' => $attack, 'moodle' => ['error' => $attack, 'message' => $attack]]);
        foreach (self::pages() as $name => $html) {
            $this->assertStringNotContainsString($attack, $html, $name);
            $this->assertStringNotContainsString(secret::API_KEY->read(), $html, $name);
            $this->assertStringNotContainsString(get_config('local_mzi', 'apikey'), $html, $name);
            $this->assertStringNotContainsString('[[', $html, $name);
        }
    }

    public function test_a_bridge_that_is_away_is_a_state_of_each_page(): void {
        $this->curl->fail('curl_28');
        foreach (self::pages() as $name => $html) {
            if ($name !== 'reset') {
                $this->assertStringContainsString(bridge_trouble::TIMEOUT->message(), $html, $name);
            }
        }
    }

    public function test_a_mapping_shows_findings_at_their_rows_and_never_the_key_as_a_field(): void {
        $this->curl->answer('/M', 200, [
            'module' => 'M', 'entity' => 'students', 'version' => null,
            'table' => ['key' => 'zoho_student_id', 'columns' => ['zoho_student_id' => 'id', 'city' => self::ATTACK]],
            'fields' => [
                ['api_name' => 'City', 'label' => self::ATTACK, 'type' => 'text'],
                ['api_name' => 'Program', 'label' => 'P', 'type' => 'lookup'],
                ['api_name' => 'Rows', 'label' => 'R', 'type' => 'subform', 'subform' => true],
            ],
            'columns' => [['name' => 'city', 'type' => 'text', 'length' => 9]],
            'transforms' => [['name' => 'strip', 'from' => ['text']], ['name' => 'date', 'from' => ['date']]],
            'findings' => [
                ['severity' => 'error', 'key' => 'columns.city', 'message' => 'At the row.'],
                ['severity' => 'warning', 'key' => 'photo', 'message' => 'Of the whole.'],
            ],
        ]);
        $desk = \core\di::get(bridge_mappings::class)->open('M');
        global $PAGE;
        $data = (new mapping($desk))->export_for_template($PAGE->get_renderer('core'));

        $this->assertSame(['id', 'City', 'Program.id', 'Program.name'], array_column($data['fields'], 'path'));
        $this->assertSame([false, true], array_column($data['rows'], 'plain'));
        $this->assertSame('At the row.', $data['rows'][1]['findings'][0]['message']);
        $this->assertSame(['Of the whole.'], array_column($data['findings'], 'message'));
        $this->assertSame(get_string('mappings_preset', 'local_mzi'), $data['version']);
        $html = self::html(new mapping($desk));
        $this->assertStringNotContainsString(self::ATTACK, $html);
        $this->assertStringNotContainsString('name="from[zoho_student_id]"', $html);
    }

    public function test_transforms_are_offered_that_take_the_fields_type(): void {
        $this->curl->answer('/M', 200, [
            'module' => 'M', 'table' => ['columns' => ['a' => 'City', 'b' => ['from' => 'City', 'transform' => 'odd']]],
            'fields' => [['api_name' => 'City', 'label' => 'C', 'type' => 'text']],
            'transforms' => [
                ['name' => 'strip', 'from' => ['text']],
                ['name' => 'date', 'from' => ['date']],
                ['name' => 'any', 'from' => ['any']],
            ],
        ]);
        global $PAGE;
        $rows = (new mapping(\core\di::get(bridge_mappings::class)->open('M')))
            ->export_for_template($PAGE->get_renderer('core'))['rows'];

        $this->assertSame(['', 'strip', 'any'], array_column($rows[0]['transforms'], 'value'));
        $this->assertSame(['', 'strip', 'any', 'odd'], array_column($rows[1]['transforms'], 'value'));
    }

    public function test_of_an_event_no_personal_value_is_drawn_and_a_settled_one_says_that_it_is_empty(): void {
        $row = (object) ['id' => 5, 'event_type' => 'user_created', 'status' => 'failed', 'last_error' => 'bad_envelope',
            'moodle_user_id' => null, 'occurred_at' => 1, 'attempts' => 2, 'next_attempt' => 0, 'delivered_at' => null,
            'event_id' => 'e', 'payload' => '{"userid": 7, "email": "ada@example.org"}', 'reference' => '{"userid": 7}'];
        $html = self::html(new event($row));
        $this->assertStringNotContainsString('ada@example.org', $html);
        $this->assertStringContainsString('userid', $html);
        $this->assertStringContainsString('name="id" value="5"', $html);

        $row->status = 'delivered';
        $row->payload = null;
        $html = self::html(new event($row));
        $this->assertStringContainsString(get_string('event_erased', 'local_mzi'), $html);
        $this->assertStringNotContainsString('name="id" value="5"', $html);
    }

    public function test_every_trouble_has_something_to_show(): void {
        foreach (bridge_trouble::cases() as $trouble) {
            $fault = new bridge_fault($trouble, ['error' => 'a_word']);
            $seen = new \local_mzi\local\seen_bridge(1, null, $fault);
            $this->assertSame('a_word', bridge_view::export($seen)['fault']['word']);
        }
    }
}
