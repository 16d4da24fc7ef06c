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
use local_mzi\local\masked_number;
use local_mzi\local\status_list;
use local_mzi\local\student;
use local_mzi\repository\picture_repository;
use local_mzi\repository\student_repository;
use local_mzi\service\file_access;
use local_mzi\service\student_access;

/**
 * Data of the tab that shows who the student is.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class profile_section implements section {
    /** Columns that are shown as they are. */
    private const COLUMNS = [
        'student_id', 'display_name', 'first_name', 'last_name', 'status', 'academic_email', 'phone', 'birth_date', 'gender',
        'nationality', 'address', 'city', 'country', 'major', 'sub_major', 'program_name', 'study_mode', 'study_language',
        'registration_number', 'registration_date', 'emergency_contact_name', 'emergency_contact_phone',
    ];

    /**
     * Constructor.
     *
     * @param student_repository $students
     * @param picture_repository $pictures
     * @param student_access $access
     */
    public function __construct(
        /** @var student_repository the students */
        private readonly student_repository $students,
        /** @var picture_repository their pictures */
        private readonly picture_repository $pictures,
        /** @var student_access who sees what */
        private readonly student_access $access,
    ) {
    }

    #[\Override]
    public function data(student $student, audience $audience): array {
        $row = $this->students->details($student);
        $data = [];
        foreach (self::COLUMNS as $column) {
            $data[$column] = $row->$column;
        }
        $whole = $audience === audience::STAFF && $this->access->sees_national_ids();
        $pictures = $this->pictures->urls($student->id);
        return $data + [
            'active' => status_list::ACTIVE->contains($row->status),
            'national_id' => $whole ? $row->national_id : masked_number::of($row->national_id),
            'photo_url' => ($pictures[file_access::PHOTO] ?? null)?->out(false),
            'pending_photo_url' => ($pictures[file_access::PENDINGPHOTO] ?? null)?->out(false),
        ];
    }
}
