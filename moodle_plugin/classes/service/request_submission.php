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

use local_mzi\event\request_submitted;
use local_mzi\local\event_type;
use local_mzi\local\feature;
use local_mzi\local\misfit;
use local_mzi\local\refusal;
use local_mzi\local\request_draft;
use local_mzi\local\request_fault;
use local_mzi\local\request_refused;
use local_mzi\local\request_status;
use local_mzi\local\request_type;
use local_mzi\local\student;
use local_mzi\local\submission;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\outbox_repository;
use local_mzi\repository\request_file_repository;
use local_mzi\repository\request_history_repository;
use local_mzi\repository\request_repository;

/**
 * Stores a request of a student, and queues it for the CRM, in one transaction.
 *
 * Submitted twice it is one request: by the key of the form (double click, back button), and by equal content
 * within an hour as long as nobody has decided (two tabs).
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_submission {
    /** For how many seconds equal content is the same request. */
    public const TWIN_SECONDS = HOURSECS;

    /** Most requests of a student within a day. */
    public const DAILY = 20;

    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param student_access $access
     * @param request_check $check
     * @param request_choices $choices
     * @param request_repository $requests
     * @param request_history_repository $history
     * @param request_file_repository $files
     * @param outbox_repository $outbox
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var student_access whose record it is */
        private readonly student_access $access,
        /** @var request_check what keeps a request from being stored */
        private readonly request_check $check,
        /** @var request_choices what a student can choose from */
        private readonly request_choices $choices,
        /** @var request_repository the requests */
        private readonly request_repository $requests,
        /** @var request_history_repository their states */
        private readonly request_history_repository $history,
        /** @var request_file_repository their files */
        private readonly request_file_repository $files,
        /** @var outbox_repository what waits to be sent */
        private readonly outbox_repository $outbox,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Stores a request.
     *
     * @param student $student the current user's own record
     * @param request_draft $draft
     * @param string $key of the form, the same each time it is sent
     * @return submission
     * @throws request_refused
     * @throws \moodle_exception nostudent, page_switchedoff
     */
    public function submit(student $student, request_draft $draft, string $key): submission {
        $this->require_allowed($student);
        $key = self::own_key($student, $key);
        if ($stored = $this->requests->of_key($key)) {
            return self::repeated($stored);
        }
        if ($faults = $this->check->faults($student, $draft)) {
            throw new request_refused($faults);
        }
        $picture = $draft->type === request_type::PHOTO ? self::picture($draft) : null;
        $submission = $this->batch->run(fn() => $this->store($student, $draft, $key, $picture));
        if (!$submission->repeated) {
            request_submitted::of($student, $submission, $draft->type)->trigger();
        }
        return $submission;
    }

    /**
     * What keeps a request from being stored; nothing, if it is stored already.
     *
     * @param student $student
     * @param request_draft $draft
     * @param string $key of the form
     * @return request_fault[]
     */
    public function faults(student $student, request_draft $draft, string $key): array {
        $stored = $this->requests->of_key(self::own_key($student, $key));
        return $stored ? [] : $this->check->faults($student, $draft);
    }

    /**
     * Lets only students through, for their own record, where requests are switched on.
     *
     * @param student $student
     */
    public function require_allowed(student $student): void {
        feature::REQUESTS->require_on();
        if (!$this->access->owns($student)) {
            throw new \moodle_exception('nostudent', 'local_mzi');
        }
    }

    /**
     * The key of a form as it is stored: that of another student means nothing.
     *
     * @param student $student
     * @param string $key
     * @return string
     */
    private static function own_key(student $student, string $key): string {
        if (!preg_match('/^[A-Za-z0-9]{16,64}$/D', $key)) {
            throw new \invalid_parameter_exception('A form has a key of 16 to 64 letters and digits');
        }
        return hash('sha256', "{$student->id}:$key");
    }

    /**
     * The new picture, small and without anything but the picture.
     *
     * @param request_draft $draft
     * @return string JPEG
     */
    private static function picture(request_draft $draft): string {
        try {
            return photo_encoder::encode($draft->document->get_content());
        } catch (misfit $misfit) {
            throw new request_refused([new request_fault('document', refusal::FILE_BROKEN)]);
        }
    }

    /**
     * What was stored before.
     *
     * @param \stdClass $stored
     * @return submission
     */
    private static function repeated(\stdClass $stored): submission {
        return new submission((int) $stored->id, $stored->request_number, true);
    }

    /**
     * Writes everything, unless it is there.
     *
     * @param student $student
     * @param request_draft $draft
     * @param string $key
     * @param string|null $picture JPEG
     * @return submission
     */
    private function store(student $student, request_draft $draft, string $key, ?string $picture): submission {
        $now = $this->clock->time();
        $fingerprint = $draft->fingerprint($student->id);
        $this->requests->take_turns($student);
        $stored = $this->requests->of_key($key) ?? $this->requests->twin($student, $fingerprint, $now - self::TWIN_SECONDS);
        if ($stored) {
            return self::repeated($stored);
        }
        if ($this->requests->count_made($student, $now - DAYSECS) >= self::DAILY) {
            throw new request_refused([new request_fault('type', refusal::MANY, self::DAILY)]);
        }
        $row = $this->row($student, $draft, $now);
        $made = $this->requests->insert($row + ['submission_key' => $key, 'fingerprint' => $fingerprint]);
        $this->history->add([['requestid' => $made->id, 'status' => $row['status'], 'timecreated' => $now]]);
        $files = $this->keep_files($student, $draft, (int) $made->id, $picture);
        $data = self::event_data($row, $made, $files);
        $this->outbox->add(event_type::REQUEST_SUBMITTED->value, $data, $student->userid, "request:{$made->id}");
        return new submission((int) $made->id, $made->request_number, false);
    }

    /**
     * The row of the request.
     *
     * @param student $student
     * @param request_draft $draft
     * @param int $now
     * @return array
     */
    private function row(student $student, request_draft $draft, int $now): array {
        $classes = array_intersect_key($this->choices->classes($draft->type, $student), array_flip($draft->classes));
        $current = $draft->changes ? $this->choices->current_values($student) : [];
        $details = request_details::build($draft, $classes, $current);
        return [
            'zoho_student_id' => $student->zohoid,
            'moodle_user_id' => $student->userid,
            'request_type' => $draft->type->crm(),
            'status' => request_status::QUEUED->value,
            'reason' => trim(implode("\n", [$draft->reason, ...request_details::unnumbered($classes)])),
            'request_date' => site_day::of($now),
            'details' => $details === null ? null : json_encode($details, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE),
            'timesubmitted' => $now,
            'timecreated' => $now,
            'timemodified' => $now,
        ];
    }

    /**
     * Keeps what came with the request.
     *
     * @param student $student
     * @param request_draft $draft
     * @param int $requestid
     * @param string|null $picture JPEG
     * @return \stored_file[]
     */
    private function keep_files(student $student, request_draft $draft, int $requestid, ?string $picture): array {
        return match (true) {
            $picture !== null => [$this->files->keep_picture($student->id, $requestid, $picture)],
            $draft->document !== null => [$this->files->keep_document($requestid, $draft->document)],
            default => [],
        };
    }

    /**
     * What the bridge gets: the request's columns, its rows, and where its files lie. Their content is fetched later.
     *
     * @param array $row
     * @param \stdClass $made
     * @param \stored_file[] $files
     * @return array
     */
    private static function event_data(array $row, \stdClass $made, array $files): array {
        return [
            'requestid' => (int) $made->id,
            'request_number' => $made->request_number,
            'zoho_student_id' => $row['zoho_student_id'],
            'moodle_user_id' => $row['moodle_user_id'],
            'request_type' => $row['request_type'],
            'reason' => request_mark::add($row['reason'], $made->request_number),
            'request_date' => $row['request_date'],
            'details' => $row['details'] === null ? null : json_decode($row['details'], true),
            'timesubmitted' => $row['timesubmitted'],
            'files' => array_map(fn(\stored_file $file) => [
                'filearea' => $file->get_filearea(),
                'itemid' => (int) $file->get_itemid(),
                'filename' => $file->get_filename(),
                'filesize' => (int) $file->get_filesize(),
                'contenthash' => $file->get_contenthash(),
            ], $files),
        ];
    }
}
