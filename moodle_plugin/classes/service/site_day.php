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
 * Days as the school counts them: in the time zone of the site, whoever looks.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class site_day {
    /**
     * Constructor.
     *
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Today.
     *
     * @return string YYYY-MM-DD
     */
    public function today(): string {
        return self::of($this->clock->time());
    }

    /**
     * Another day, counted from today.
     *
     * @param string $by such as "+12 months"
     * @return string YYYY-MM-DD
     */
    public function moved(string $by): string {
        return $this->clock->now()->setTimezone(\core_date::get_server_timezone_object())->modify($by)->format('Y-m-d');
    }

    /**
     * The day of a time.
     *
     * @param int $time
     * @return string YYYY-MM-DD
     */
    public static function of(int $time): string {
        return (new \DateTimeImmutable("@$time"))->setTimezone(\core_date::get_server_timezone_object())->format('Y-m-d');
    }

    /**
     * The first second of a day, or of one some days later.
     *
     * @param string $day YYYY-MM-DD
     * @param int $later days
     * @return int
     */
    public static function start(string $day, int $later = 0): int {
        return (new \DateTimeImmutable($day, \core_date::get_server_timezone_object()))->modify("+$later days")->getTimestamp();
    }
}
