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

namespace local_mzi\local;

// phpcs:disable moodle.Commenting.InlineComment.DocBlock -- this sniff does not know enums.

use local_mzi\output\tab_body;
use local_mzi\service\dashboard\section;

/**
 * The tabs of "My studies", in the order in which they stand on the page.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum tab: string {
    /** Who the student is. */
    case PROFILE = 'profile';
    /** Registrations for programmes. */
    case ACADEMICS = 'academics';
    /** Fees, instalments and payments. */
    case FINANCE = 'finance';
    /** Current and past classes. */
    case CLASSES = 'classes';
    /** Released grades. */
    case GRADES = 'grades';
    /** Requests to the office. */
    case REQUESTS = 'requests';

    /**
     * The tabs that are switched on.
     *
     * @return self[]
     */
    public static function shown(): array {
        return array_values(array_filter(self::cases(), fn(self $tab) => $tab->is_shown()));
    }

    /**
     * Whether the tab is switched on.
     *
     * @return bool
     */
    public function is_shown(): bool {
        return match ($this) {
            self::FINANCE => feature::FINANCE->is_on(),
            self::REQUESTS => feature::REQUESTS->is_on(),
            default => true,
        };
    }

    /**
     * The name of the tab.
     *
     * @return string
     */
    public function title(): string {
        return get_string("page_tab_{$this->value}", 'local_mzi');
    }

    /**
     * The address of the tab.
     *
     * @param int|null $studentid row of the student, null for one's own
     * @return \moodle_url
     */
    public function url(?int $studentid = null): \moodle_url {
        $student = $studentid === null ? [] : ['student' => $studentid];
        return new \moodle_url('/local/mzi/index.php', ['tab' => $this->value] + $student);
    }

    /**
     * What puts the tab's data together.
     *
     * @return section
     */
    public function section(): section {
        return \core\di::get("local_mzi\\service\\dashboard\\{$this->value}_section");
    }

    /**
     * What shows the tab's data.
     *
     * @param array $data as the section gives it
     * @param student $student
     * @param audience $audience
     * @return tab_body
     */
    public function body(array $data, student $student, audience $audience): tab_body {
        $class = "local_mzi\\output\\{$this->value}_tab";
        return new $class($data, $student, $audience);
    }
}
