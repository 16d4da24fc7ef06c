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

namespace local_mzi\form\request;

defined('MOODLE_INTERNAL') || die();

use core\context\user as user_context;
use local_mzi\local\request_draft;
use local_mzi\local\request_type;
use local_mzi\local\student;
use local_mzi\service\document_check;
use local_mzi\service\request_check;
use local_mzi\service\request_submission;

require_once($CFG->libdir . '/formslib.php');

/**
 * The form of a request. Each type adds its own fields; what is wrong, the submission says.
 *
 * Custom data: type, student, and studentid as the address has it (0 for one's own).
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class request_form extends \moodleform {
    /** Field of the key that makes a form that is sent twice one request. */
    public const KEY = 'submission_key';

    #[\Override]
    protected function definition(): void {
        $form = $this->_form;
        foreach (['type' => $this->type()->value, 'student' => $this->_customdata['studentid']] as $name => $value) {
            $form->addElement('hidden', $name, $value);
            $form->setType($name, PARAM_ALPHANUM);
        }
        $form->addElement('hidden', self::KEY, random_string(32));
        $form->setType(self::KEY, PARAM_ALPHANUM);
        $this->fields();
        if ($this->type()->takes_file()) {
            $this->file_field();
        }
        $this->reason_field();
        $this->add_action_buttons(true, get_string('request_submit', 'local_mzi'));
    }

    /**
     * Adds the fields of the type.
     */
    protected function fields(): void {
    }

    /**
     * What is chosen and typed in the fields of the type.
     *
     * @param array $data
     * @return array named arguments of request_draft
     */
    protected function choices(array $data): array {
        return [];
    }

    /**
     * Fields by what a fault is about, where they differ from its name.
     *
     * @return array<string, string>
     */
    protected function fault_fields(): array {
        return [];
    }

    /**
     * What the student asks for.
     *
     * @param array $data
     * @return request_draft
     */
    public function draft(array $data): request_draft {
        return new request_draft(
            ...$this->choices($data),
            type: $this->type(),
            reason: self::clean($data['reason'] ?? ''),
            document: self::draft_file((int) ($data['document'] ?? 0)),
        );
    }

    /**
     * The key of the form as it was sent.
     *
     * @param array $data
     * @return string
     */
    public static function key(array $data): string {
        return (string) ($data[self::KEY] ?? '');
    }

    #[\Override]
    public function validation($data, $files): array {
        $errors = parent::validation($data, $files);
        $faults = \core\di::get(request_submission::class)->faults($this->student(), $this->draft($data), self::key($data));
        foreach ($faults as $fault) {
            $errors[$this->fault_fields()[$fault->field] ?? $fault->field] ??= $fault->text();
        }
        return $errors;
    }

    /**
     * What is wrong with the request as a whole.
     *
     * @return string|null
     */
    public function general_fault(): ?string {
        return $this->_form->_errors['type'] ?? null;
    }

    /**
     * What is asked for.
     *
     * @return request_type
     */
    protected function type(): request_type {
        return $this->_customdata['type'];
    }

    /**
     * Who asks.
     *
     * @return student
     */
    protected function student(): student {
        return $this->_customdata['student'];
    }

    /**
     * A text as it is stored: without spaces around it and without what cannot be seen.
     *
     * @param mixed $text
     * @return string
     */
    protected static function clean(mixed $text): string {
        $text = is_string($text) ? str_replace(["\r\n", "\r"], "\n", fix_utf8($text)) : '';
        return trim(preg_replace('/[^\P{Cc}\n\t]/u', '', $text));
    }

    /**
     * Adds the field for the reason.
     */
    private function reason_field(): void {
        $form = $this->_form;
        $needed = $this->type()->needs_reason();
        $label = get_string($needed ? 'request_reason' : 'request_remark', 'local_mzi');
        $form->addElement('textarea', 'reason', $label, ['rows' => 5, 'maxlength' => request_check::MAX_REASON, 'dir' => 'auto']);
        $form->setType('reason', PARAM_RAW);
        if ($needed) {
            $form->addRule('reason', get_string('request_fault_reason_missing', 'local_mzi'), 'required', null, 'client');
        }
    }

    /**
     * Adds the field for the file.
     */
    private function file_field(): void {
        $label = match ($this->type()) {
            request_type::LATE => get_string('request_receipt', 'local_mzi'),
            request_type::PHOTO => get_string('request_picture', 'local_mzi'),
            default => get_string('request_document', 'local_mzi'),
        };
        $this->_form->addElement('filepicker', 'document', $label, null, [
            'maxbytes' => document_check::max_bytes(),
            'accepted_types' => document_check::extensions($this->type()),
        ]);
        if (document_check::is_required($this->type())) {
            $this->_form->addRule('document', get_string('request_fault_file_missing', 'local_mzi'), 'required');
        }
    }

    /**
     * The file in a draft area of the current user; those of others are not found there.
     *
     * @param int $itemid
     * @return \stored_file|null
     */
    private static function draft_file(int $itemid): ?\stored_file {
        global $USER;
        if (!$itemid) {
            return null;
        }
        $context = user_context::instance($USER->id);
        $files = get_file_storage()->get_area_files($context->id, 'user', 'draft', $itemid, 'id DESC', false);
        return reset($files) ?: null;
    }
}
