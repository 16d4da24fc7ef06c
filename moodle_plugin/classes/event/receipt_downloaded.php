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

namespace local_mzi\event;

use core\context\system;
use local_mzi\local\student;
use local_mzi\local\tab;

/**
 * Somebody downloaded the receipt of a payment.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class receipt_downloaded extends \core\event\base {
    /**
     * The event of one download.
     *
     * @param int $paymentid row of the payment
     * @param student $student
     * @return self
     */
    public static function of(int $paymentid, student $student): self {
        return self::create([
            'objectid' => $paymentid,
            'relateduserid' => $student->userid,
            'other' => ['student' => $student->id],
        ]);
    }

    #[\Override]
    protected function init(): void {
        $this->context = system::instance();
        $this->data['crud'] = 'r';
        $this->data['edulevel'] = self::LEVEL_OTHER;
        $this->data['objecttable'] = 'local_mzi_payments';
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('event_receipt_downloaded', 'local_mzi');
    }

    #[\Override]
    public function get_description(): string {
        return "The user with id '{$this->userid}' downloaded the receipt of the payment with id '{$this->objectid}' "
            . "of the student with id '{$this->other['student']}'.";
    }

    #[\Override]
    public function get_url(): \moodle_url {
        return tab::FINANCE->url($this->other['student']);
    }

    #[\Override]
    public static function get_objectid_mapping() {
        return self::NOT_MAPPED;
    }

    #[\Override]
    public static function get_other_mapping() {
        return false;
    }
}
