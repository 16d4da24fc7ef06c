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

/**
 * Which grades a student may see.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_mzi\service\release_gate
 */
final class release_gate_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
    }

    public function test_only_released_counts_as_released_unless_the_administrator_says_otherwise(): void {
        foreach (['Released', 'released', ' RELEASED '] as $status) {
            $this->assertTrue(release_gate::is_released($status), $status);
        }
        foreach ([null, '', ' ', 'Not Marked', 'In Marking', 'Ready for release', 'Not released', 'Released?'] as $status) {
            $this->assertFalse(release_gate::is_released($status), (string) $status);
        }
    }

    public function test_the_administrator_says_which_statuses_release(): void {
        set_config('releasedstatuses', "Marking completed\nمعلنة\r\nنهائية\n\n Ready for release ", 'local_mzi');

        foreach (['Marking completed', 'معلنة', 'نهائية', 'ready for release'] as $status) {
            $this->assertTrue(release_gate::is_released($status), $status);
        }
        $this->assertFalse(release_gate::is_released('Released'));
        $this->assertFalse(release_gate::is_released(''));
    }

    public function test_an_empty_list_releases_nothing(): void {
        set_config('releasedstatuses', '', 'local_mzi');

        $this->assertFalse(release_gate::is_released('Released'));
        $this->assertFalse(release_gate::is_released(''));
        $this->assertFalse(release_gate::is_released(null));
    }
}
