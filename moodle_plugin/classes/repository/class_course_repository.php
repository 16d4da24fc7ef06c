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

namespace local_mzi\repository;

/**
 * The courses of classes.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class class_course_repository {
    /** The table of courses made here. */
    private const TABLE = 'local_mzi_class_courses';

    /** A course whose content is still being copied. */
    public const FILLING = 'filling';

    /** A course that students may enter. */
    public const READY = 'ready';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Classes that have no course: the CRM names none, and none that was made is ready.
     *
     * @return array<int, string> statuses by local id, in order
     */
    public function without_course(): array {
        return $this->db->get_records_sql_menu(
            'SELECT c.id, c.status
               FROM {local_mzi_classes} c
          LEFT JOIN {' . self::TABLE . '} m ON m.zoho_class_id = c.zoho_class_id
          LEFT JOIN {course} co ON co.id = m.courseid
              WHERE c.deleted_at IS NULL AND c.moodle_course_id IS NULL AND (co.id IS NULL OR m.state <> ?)
           ORDER BY c.id',
            [self::READY]
        );
    }

    /**
     * A class, with the category of its programme if there is one.
     *
     * @param int $id local id
     * @return \stdClass|null null if it is deleted
     */
    public function class_of(int $id): ?\stdClass {
        return $this->db->get_record_sql(
            'SELECT c.id, c.zoho_class_id, c.class_number, c.name, c.short_name, c.unit_name, c.status,
                    c.start_date, c.end_date, c.moodle_course_id, k.id AS category
               FROM {local_mzi_classes} c
          LEFT JOIN {local_mzi_programs} p ON p.zoho_program_id = c.zoho_program_id AND p.deleted_at IS NULL
          LEFT JOIN {course_categories} k ON k.id = p.moodle_category_id
              WHERE c.id = ? AND c.deleted_at IS NULL',
            [$id]
        ) ?: null;
    }

    /**
     * The course made for a class. One that somebody has deleted since is forgotten.
     *
     * @param string $zohoid
     * @return \stdClass|null id, courseid and state
     */
    public function made(string $zohoid): ?\stdClass {
        $row = $this->db->get_record(self::TABLE, ['zoho_class_id' => $zohoid]);
        if ($row && !$this->db->record_exists('course', ['id' => $row->courseid])) {
            $this->db->delete_records(self::TABLE, ['id' => $row->id]);
            return null;
        }
        return $row ?: null;
    }

    /**
     * The course that bears an ID number.
     *
     * @param string $idnumber
     * @return int|null
     */
    public function by_idnumber(string $idnumber): ?int {
        return $this->db->get_field('course', 'id', ['idnumber' => $idnumber], IGNORE_MULTIPLE) ?: null;
    }

    /**
     * Whether a course has a short name.
     *
     * @param string $name
     * @return bool
     */
    public function has_shortname(string $name): bool {
        return $this->db->record_exists('course', ['shortname' => $name]);
    }

    /**
     * Whether anybody is enrolled in a course, by whatever method.
     *
     * @param int $courseid
     * @return bool
     */
    public function has_people(int $courseid): bool {
        return $this->db->record_exists_sql(
            'SELECT 1 FROM {user_enrolments} ue JOIN {enrol} e ON e.id = ue.enrolid WHERE e.courseid = ?',
            [$courseid]
        );
    }

    /**
     * Whether there is such a category.
     *
     * @param int $id
     * @return bool
     */
    public function has_category(int $id): bool {
        return $this->db->record_exists('course_categories', ['id' => $id]);
    }

    /**
     * Whether there is such a course, other than the front page.
     *
     * @param int $id
     * @return bool
     */
    public function has_course(int $id): bool {
        return $id !== (int) SITEID && $this->db->record_exists('course', ['id' => $id]);
    }

    /**
     * Remembers the course of a class.
     *
     * @param string $zohoid
     * @param int $courseid
     */
    public function add(string $zohoid, int $courseid): void {
        $now = $this->clock->time();
        $this->db->insert_record(self::TABLE, [
            'zoho_class_id' => $zohoid,
            'courseid' => $courseid,
            'state' => self::FILLING,
            'timecreated' => $now,
            'timemodified' => $now,
        ]);
    }

    /**
     * Says that students may enter the course of a class.
     *
     * @param string $zohoid
     */
    public function set_ready(string $zohoid): void {
        $this->db->set_field(self::TABLE, 'state', self::READY, ['zoho_class_id' => $zohoid]);
        $this->db->set_field(self::TABLE, 'timemodified', $this->clock->time(), ['zoho_class_id' => $zohoid]);
    }
}
