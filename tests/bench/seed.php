<?php
// This program is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// This program is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with this program.  If not, see <https://www.gnu.org/licenses/>.

/**
 * Fills a site with a school by the plugin's own batches, once.
 *
 * Usage: php seed.php CONFIG_PHP < JSON
 * JSON: {"students": how many, "special": {username: factor}}; a special student is a user of the site who has
 * `factor` times the rows of the others, -1 for one row of each kind. Answers {"rows": all rows, "seconds": time}.
 *
 * @copyright 2026 MZI bridge contributors
 * @license   https://www.gnu.org/licenses/gpl-3.0.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/course/lib.php');

/** Rows of a usual student, by entity. */
const USUAL = ['registrations' => 1, 'payments' => 3, 'enrollments' => 3, 'grades' => 4, 'requests' => 1];
/** Classes of the school, each with a course. */
const CLASSES = 40;
/** Records in one batch, as many as the bridge may send. */
const BATCH = 1000;

/**
 * A CRM id.
 *
 * @param int $kind keeps the entities apart
 * @param int $number
 * @return string
 */
function zoho_id(int $kind, int $number): string {
    return sprintf('7%02d%012d', $kind, $number);
}

/**
 * Writes records by batches.
 *
 * @param string $entity
 * @param iterable $records arrays without version and hash
 */
function write(string $entity, iterable $records): void {
    $definition = \local_mzi\entity\registry::get($entity);
    $upsert = \core\di::get(\local_mzi\service\upsert::class);
    $now = time();
    $batch = [];
    $flush = function () use (&$batch, $definition, $upsert): void {
        foreach ($upsert->apply($definition, $batch) as $result) {
            if ($result->faults) {
                throw new \moodle_exception('error', debuginfo: json_encode($result));
            }
        }
        $batch = [];
    };
    foreach ($records as $record) {
        $hash = hash('sha256', json_encode($record));
        $stamps = ['modified_time' => $now, 'read_time' => $now, 'content_hash' => $hash];
        $batch[] = json_decode(json_encode($record + $stamps));
        if (count($batch) === BATCH) {
            $flush();
        }
    }
    if ($batch) {
        $flush();
    }
}

/**
 * Has a Moodle user for each student.
 *
 * @param int $count
 * @param string[] $special usernames of the first ones, who are on the site already
 * @return int[] ids
 */
function have_users(int $count, array $special): array {
    global $CFG, $DB;

    $common = ['auth' => 'manual', 'confirmed' => 1, 'mnethostid' => $CFG->mnet_localhost_id, 'timecreated' => time()];
    $users = [];
    for ($number = count($special); $number < $count; $number++) {
        $name = sprintf('bench%06d', $number);
        $users[] = (object) ($common + [
            'username' => $name,
            'firstname' => 'Student',
            'lastname' => "Number $number",
            'email' => "$name@example.org",
            'password' => AUTH_PASSWORD_NOT_CACHED,
        ]);
    }
    $DB->insert_records('user', $users);
    $ids = $DB->get_records_select_menu('user', "username LIKE 'bench%'", null, 'username', 'username, id');
    $first = array_map(fn(string $name) => $DB->get_field('user', 'id', ['username' => $name], MUST_EXIST), $special);
    return array_map('intval', [...$first, ...array_values($ids)]);
}

/**
 * The classes, each with a course in which the special students are.
 *
 * @param int[] $users
 * @return array[]
 */
function classes(array $users): array {
    global $DB;

    $manual = enrol_get_plugin('manual');
    $role = $DB->get_field('role', 'id', ['shortname' => 'student'], MUST_EXIST);
    $classes = [];
    for ($number = 0; $number < CLASSES; $number++) {
        $name = "BENCH-$number";
        $course = create_course((object) ['shortname' => $name, 'fullname' => "Unit $number", 'category' => 1]);
        $instance = $DB->get_record('enrol', ['courseid' => $course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        foreach ($users as $user) {
            $manual->enrol_user($instance, $user, $role);
        }
        $classes[] = [
            'zoho_class_id' => zoho_id(8, $number),
            'name' => "Class $number",
            'zoho_unit_id' => zoho_id(4, $number),
            'unit_name' => "Unit $number",
            'teacher_name' => 'Dr. Rana Nassar',
            'status' => $number % 3 ? 'Active' : 'End',
            'start_date' => '2026-09-01',
            'end_date' => '2027-01-31',
            'schedule' => 'Sunday 17:00–19:00',
            'moodle_course_id' => (int) $course->id,
        ];
    }
    return $classes;
}

/**
 * One record of a student.
 *
 * @param string $entity
 * @param int $number of the record among all of its entity
 * @param int $turn of the record among the student's
 * @param string $student
 * @param int $user
 * @return array
 */
function record(string $entity, int $number, int $turn, string $student, int $user): array {
    $day = sprintf('2026-%02d-%02d', 1 + $turn % 12, 1 + $number % 28);
    return match ($entity) {
        'registrations' => [
            'zoho_registration_id' => zoho_id(5, $number),
            'registration_number' => "REG-$number",
            'zoho_student_id' => $student,
            'zoho_program_id' => zoho_id(2, 1),
            'program_name' => 'HND Computing',
            'registration_status' => 'Active',
            'registration_date' => $day,
            'total_fees' => '4200.00',
            'remaining_amount' => '1950.00',
            'currency' => $turn % 2 ? 'USD' : 'JOD',
            'discount_percentage' => '10.00',
            'installments' => array_map(fn(int $part) => [
                'zoho_installment_id' => zoho_id(6, 4 * $number + $part),
                'installment_number' => $part + 1,
                'due_date' => sprintf('2026-%02d-01', 8 + $part),
                'amount' => '945.00',
                'currency' => $turn % 2 ? 'USD' : 'JOD',
                'status' => $part ? 'Pending' : 'Paid',
                'paid_date' => $part ? null : '2026-08-02',
            ], range(0, 3)),
        ],
        'payments' => [
            'zoho_payment_id' => zoho_id(7, $number),
            'payment_number' => "PAY-$number",
            'zoho_student_id' => $student,
            'amount' => '750.25',
            'currency' => $turn % 2 ? 'USD' : 'JOD',
            'payment_date' => $day,
            'payment_method' => 'Bank Transfer',
            'payment_type' => 'Installment',
            'status' => 'Confirmed',
        ],
        'enrollments' => [
            'zoho_enrollment_id' => zoho_id(9, $number),
            'zoho_student_id' => $student,
            'zoho_class_id' => zoho_id(8, ($number + $turn) % CLASSES),
            'enrollment_type' => 'Normal',
            'start_date' => '2026-09-01',
        ],
        'grades' => [
            'zoho_grade_id' => zoho_id(10, $number),
            'zoho_student_id' => $student,
            'zoho_class_id' => zoho_id(8, ($number + $turn) % CLASSES),
            'unit_name' => "Unit $turn",
            'title' => "Assignment $turn",
            'grade' => ['D', 'M', 'P', 'R'][$number % 4],
            'grade_status' => $turn % 4 === 3 ? 'In review' : 'Released',
            'attempt_number' => 1,
            'attempt_date' => $day,
            'feedback' => 'Clear and complete.',
            'outcomes' => [[
                'zoho_outcome_id' => zoho_id(11, $number),
                'code' => 'LO1',
                'title' => 'Explain algorithms',
                'score' => 'Achieved',
            ]],
        ],
        'requests' => [
            'zoho_request_id' => zoho_id(12, $number),
            'zoho_student_id' => $student,
            'moodle_user_id' => $user,
            'request_type' => 'Class Drop',
            'status' => 'Pending',
            'reason' => 'Because of work',
            'request_date' => $day,
        ],
    };
}

/**
 * All records of an entity.
 *
 * @param string $entity
 * @param int[] $users
 * @param int[] $factors of the first students
 * @return \Generator
 */
function records(string $entity, array $users, array $factors): \Generator {
    $number = 0;
    foreach ($users as $position => $user) {
        $factor = $factors[$position] ?? 1;
        $count = $factor < 0 ? 1 : USUAL[$entity] * $factor;
        for ($turn = 0; $turn < $count; $turn++) {
            yield record($entity, $number++, $turn, zoho_id(1, $position), $user);
        }
    }
}

/**
 * The students.
 *
 * @param int[] $users
 * @return \Generator
 */
function students(array $users): \Generator {
    foreach ($users as $position => $user) {
        yield [
            'zoho_student_id' => zoho_id(1, $position),
            'student_id' => "BENCH-$position",
            'first_name' => 'Student',
            'last_name' => "Number $position",
            'display_name' => "Student Number $position",
            'academic_email' => sprintf('bench%06d@example.org', $position),
            'status' => 'Active',
            'major' => 'IT',
            'program_name' => 'HND Computing',
            'moodle_user_id' => $user,
        ];
    }
}

/**
 * How many rows the plugin's tables of records hold.
 *
 * @return int
 */
function all_rows(): int {
    global $DB;

    $tables = ['installments', 'grade_outcomes', 'students', 'units', 'classes', ...array_keys(USUAL)];
    return array_sum(array_map(fn(string $table) => $DB->count_records("local_mzi_$table"), $tables));
}

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
\core\session\manager::set_user(get_admin());
$started = microtime(true);
$done = json_encode($given);
if (get_config('local_mzi', 'bench') !== $done) {
    if (all_rows()) {
        throw new \moodle_exception('error', debuginfo: 'the site holds other rows: scripts/bench pages --fresh');
    }
    $users = have_users($given['students'], array_keys($given['special']));
    $factors = array_values($given['special']);
    write('students', students($users));
    write('units', array_map(fn(int $number) => [
        'zoho_unit_id' => zoho_id(4, $number),
        'name' => "Unit $number",
        'code' => "U$number",
        'zoho_program_id' => zoho_id(2, 1),
    ], range(0, CLASSES - 1)));
    write('classes', classes(array_slice($users, 0, count($factors))));
    foreach (array_keys(USUAL) as $entity) {
        write($entity, records($entity, $users, $factors));
    }
    set_config('bench', $done, 'local_mzi');
    if ($DB->get_dbfamily() === 'postgres') {
        $DB->execute('ANALYZE');
    }
}
echo json_encode(['rows' => all_rows(), 'seconds' => round(microtime(true) - $started, 1)]), "\n";
