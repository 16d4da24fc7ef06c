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

use local_mzi\local\changeable_field;
use local_mzi\local\refusal;
use local_mzi\local\request_draft;
use local_mzi\local\request_fault;
use local_mzi\local\request_type;
use local_mzi\local\student;

/**
 * What keeps a request from being stored. The form shows it beside its fields; the submission asks again.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_check {
    /** Most characters of a reason. */
    public const MAX_REASON = 2000;

    /** Most characters of a new value, as the CRM's text fields have it. */
    public const MAX_VALUE = 255;

    /**
     * Constructor.
     *
     * @param request_windows $windows
     * @param request_choices $choices
     */
    public function __construct(
        /** @var request_windows when what can be asked for */
        private readonly request_windows $windows,
        /** @var request_choices what a student can choose from */
        private readonly request_choices $choices,
    ) {
    }

    /**
     * Everything that is wrong.
     *
     * @param student $student
     * @param request_draft $draft
     * @return request_fault[]
     */
    public function faults(student $student, request_draft $draft): array {
        if (!$this->windows->is_open($draft->type)) {
            return [new request_fault('type', refusal::CLOSED, $draft->type->label())];
        }
        return array_values(array_filter([
            $this->reason($draft),
            $this->classes($student, $draft),
            ...$this->changes($student, $draft),
            document_check::fault($draft->type, $draft->document),
        ]));
    }

    /**
     * What is wrong with the reason.
     *
     * @param request_draft $draft
     * @return request_fault|null
     */
    private function reason(request_draft $draft): ?request_fault {
        return match (true) {
            $draft->reason === '' && $draft->type->needs_reason() => new request_fault('reason', refusal::REASON_MISSING),
            \core_text::strlen($draft->reason) > self::MAX_REASON => new request_fault('reason', refusal::LONG, self::MAX_REASON),
            default => null,
        };
    }

    /**
     * What is wrong with the classes. One that is not on offer is not told from one that is not there.
     *
     * @param student $student
     * @param request_draft $draft
     * @return request_fault|null
     */
    private function classes(student $student, request_draft $draft): ?request_fault {
        [$least, $most] = $draft->type->classes();
        $foreign = $draft->classes && array_diff($draft->classes, array_keys($this->choices->classes($draft->type, $student)));
        return match (true) {
            count($draft->classes) < $least => new request_fault('classes', refusal::CLASS_MISSING),
            $foreign, count($draft->classes) > $most => new request_fault('classes', refusal::CLASS_FOREIGN),
            default => null,
        };
    }

    /**
     * What is wrong with the new values.
     *
     * @param student $student
     * @param request_draft $draft
     * @return request_fault[]
     */
    private function changes(student $student, request_draft $draft): array {
        if ($draft->type !== request_type::CHANGE) {
            return $draft->changes ? [new request_fault('type', refusal::CHANGE_UNWANTED)] : [];
        }
        if (!$draft->changes) {
            return [new request_fault('type', refusal::CHANGE_MISSING)];
        }
        $current = $this->choices->current_values($student);
        $faults = [];
        foreach ($draft->changes as $name => $value) {
            $faults[] = match (true) {
                !isset(changeable_field::all()[$name]) => new request_fault('type', refusal::CHANGE_UNWANTED),
                \core_text::strlen($value) > self::MAX_VALUE => new request_fault("change:$name", refusal::LONG, self::MAX_VALUE),
                $value === $current[$name] => new request_fault("change:$name", refusal::CHANGE_SAME),
                default => null,
            };
        }
        return $faults;
    }
}
