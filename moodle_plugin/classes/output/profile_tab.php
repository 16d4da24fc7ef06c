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

use local_mzi\local\audience;
use local_mzi\local\crm_word;
use local_mzi\local\feature;

/**
 * The tab that shows who the student is.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class profile_tab extends tab_body {
    /** What is shown, in groups, in order. */
    private const GROUPS = [
        'profile_person' => [
            'display_name', 'first_name', 'last_name', 'birth_date', 'gender', 'nationality', 'national_id',
        ],
        'profile_contact' => ['academic_email', 'phone', 'address', 'city', 'country'],
        'profile_studies' => [
            'student_id', 'status', 'program_name', 'major', 'sub_major', 'study_mode', 'study_language',
            'registration_number', 'registration_date',
        ],
        'profile_emergency' => ['emergency_contact_name', 'emergency_contact_phone'],
    ];

    /** What is written from left to right in every language. */
    private const LEFT_TO_RIGHT = [
        'student_id', 'registration_number', 'academic_email', 'phone', 'emergency_contact_phone', 'national_id',
    ];

    /** What is chosen from a list in the CRM. */
    private const WORDS = [
        'gender', 'nationality', 'country', 'status', 'major', 'sub_major', 'study_mode', 'study_language',
    ];

    /** What is a date. */
    private const DATES = ['birth_date', 'registration_date'];

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $groups = [];
        foreach (self::GROUPS as $title => $fields) {
            $groups[] = [
                'title' => get_string($title, 'local_mzi'),
                'fields' => array_map($this->field(...), $fields),
            ];
        }
        return [
            'photo' => $this->data['photo_url'],
            'pendingphoto' => $this->data['pending_photo_url'],
            'alt' => get_string('profile_photo_of', 'local_mzi', $this->student->displayname),
            'pendingalt' => get_string('profile_photo_pending_of', 'local_mzi', $this->student->displayname),
            'groups' => $groups,
            'change' => $this->change_url()?->out(false),
        ];
    }

    /**
     * A field with its name and value.
     *
     * @param string $name
     * @return array
     */
    private function field(string $name): array {
        $value = $this->data[$name];
        return [
            'label' => get_string("field_$name", 'local_mzi'),
            'value' => match (true) {
                in_array($name, self::DATES) => format::date($value),
                in_array($name, self::WORDS) => crm_word::shown($value),
                default => trim((string) $value),
            },
            'ltr' => in_array($name, self::LEFT_TO_RIGHT),
            'badge' => $name === 'status' && $this->data['active'],
        ];
    }

    /**
     * Where the student asks for a change.
     *
     * @return \moodle_url|null null for others, and where requests are switched off
     */
    private function change_url(): ?\moodle_url {
        if ($this->audience !== audience::STUDENT || !feature::REQUESTS->is_on()) {
            return null;
        }
        return new \moodle_url('/local/mzi/request.php', ['type' => 'change', 'student' => $this->student->id]);
    }
}
