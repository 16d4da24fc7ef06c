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

use local_mzi\event\sync_requested;
use local_mzi\fixtures\scripted_curl;
use local_mzi\local\bridge_fault;
use local_mzi\local\bridge_trouble;

/**
 * Syncs of the bridge are started, steered and listed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\bridge_syncs
 * @covers     \local_mzi\local\sync_run
 * @covers     \local_mzi\local\sync_history
 * @covers     \local_mzi\event\sync_requested
 */
final class bridge_syncs_test extends \advanced_testcase {
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
    }

    /**
     * The ends of the addresses that were called.
     *
     * @return string[]
     */
    private function called(): array {
        $start = strlen('https://bridge.example.org/base/api/v1');
        return array_map(fn(array $call) => substr($call['url'], $start), $this->curl->calls);
    }

    public function test_what_is_started_is_logged(): void {
        $syncs = \core\di::get(bridge_syncs::class);
        $sink = $this->redirectEvents();

        $syncs->start('students', 'full');
        $syncs->start('', 'full');
        $syncs->steer(5, 'cancel');

        $this->assertSame(['/sync/students?mode=full', '/admin/full-sync', '/extension/syncs/5/cancel'], $this->called());
        $events = array_filter($sink->get_events(), fn($event) => $event instanceof sync_requested);
        $this->assertSame(
            [['start full', 'students'], ['start full', 'all'], ['cancel', '5']],
            array_map(fn($event) => [$event->other['action'], $event->other['subject']], array_values($events))
        );
    }

    public function test_the_changes_of_everything_are_left_to_the_bridge(): void {
        try {
            \core\di::get(bridge_syncs::class)->start('', 'delta');
            $this->fail('It was started.');
        } catch (\moodle_exception $exception) {
            $this->assertSame('sync_changes_of_all', $exception->errorcode);
        }
        $this->assertSame([], $this->curl->calls);
    }

    public function test_a_second_sync_is_refused_by_the_bridge_in_words_of_its_own(): void {
        $sink = $this->redirectEvents();
        $this->curl->answer('/sync/students?mode=full', 409, ['error' => 'sync_running']);
        try {
            \core\di::get(bridge_syncs::class)->start('students', 'full');
            $this->fail('It was started.');
        } catch (bridge_fault $fault) {
            $this->assertSame(get_string('bridge_word_sync_running', 'local_mzi'), $fault->export()['message']);
        }
        $this->assertSame([], $sink->get_events());
    }

    public function test_what_is_no_sync_reaches_no_bridge(): void {
        $syncs = \core\di::get(bridge_syncs::class);
        $wrong = [
            fn() => $syncs->start('../admin', 'full'), fn() => $syncs->start('students', 'all'), fn() => $syncs->steer(1, 'delete'),
        ];
        foreach ($wrong as $call) {
            try {
                $call();
                $this->fail('It was called.');
            } catch (\invalid_parameter_exception) {
                $this->assertSame([], $this->curl->calls);
            }
        }
    }

    public function test_the_history_is_read_and_a_bridge_that_is_away_is_a_state(): void {
        $run = ['id' => 3, 'modules' => ['A'], 'mode' => 'delta', 'state' => 'running', 'counts' => ['updated' => 2, 'same' => 3],
            'started_at' => 1.5, 'finished_at' => null, 'total' => 9, 'seconds_left' => 4.9];
        $this->curl->answer('kind=job', 200, ['runs' => [
            $run, ['state' => 'paused', 'id' => 2] + $run, ['state' => 'done', 'finished_at' => 9] + $run, 'x',
        ]]);

        $history = \core\di::get(bridge_syncs::class)->history();

        $this->assertTrue($history->is_going_on());
        $this->assertSame(
            [['pause', 'cancel'], ['resume', 'cancel'], []],
            array_map(fn($run) => $run->actions(), $history->runs)
        );
        $first = $history->runs[0];
        $this->assertSame([5, 9, 4, 1], [$first->done(), $first->total, $first->secondsleft, $first->startedat]);
        $this->curl->fail('curl_28');
        $this->assertSame(bridge_trouble::TIMEOUT, \core\di::get(bridge_syncs::class)->history()->fault->trouble);
    }
}
