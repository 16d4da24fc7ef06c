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

namespace local_mzi\service\dashboard;

use local_mzi\local\audience;
use local_mzi\local\student;

/**
 * What one tab knows of a student.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
interface section {
    /**
     * The data as plain values that JSON can carry.
     *
     * Money is a string such as "1250.00" beside a currency code, a date "YYYY-MM-DD", a time seconds since
     * 1970, a status the CRM's word. Nothing is formatted or translated.
     *
     * @param student $student
     * @param audience $audience for whom; a student's data holds nothing that the student may not know
     * @return array
     */
    public function data(student $student, audience $audience): array;
}
