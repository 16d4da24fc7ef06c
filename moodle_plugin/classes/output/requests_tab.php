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

use core\context\system;
use local_mzi\local\audience;
use local_mzi\local\changeable_field;
use local_mzi\local\crm_word;
use local_mzi\local\request_status;
use local_mzi\local\request_type;
use local_mzi\local\window_state;

/**
 * The tab that shows the student's requests, and what can be asked for now.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class requests_tab extends tab_body {
    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'isowner' => $this->audience === audience::STUDENT,
            'types' => array_map($this->type(...), $this->data['types']),
            'requests' => array_map($this->request(...), $this->data['requests']),
            'text' => get_string('request_empty', 'local_mzi'),
        ];
    }

    /**
     * A type of request; who may not make it gets no link.
     *
     * @param array $type
     * @return array
     */
    private function type(array $type): array {
        $state = window_state::from($type['state']);
        return [
            'name' => request_type::from($type['type'])->label(),
            'isopen' => $state === window_state::OPEN,
            'url' => (new \moodle_url('/local/mzi/request.php', [
                'type' => $type['type'],
                'student' => $this->student->id,
            ]))->out(false),
            'window' => window_text::of($state, $type['opens_at'], $type['closes_at']),
        ];
    }

    /**
     * A request.
     *
     * @param array $request
     * @return array
     */
    private function request(array $request): array {
        $status = (string) $request['status'];
        $history = $request['history'] ?: [['status' => $status, 'time' => null]];
        return [
            'id' => $request['id'],
            'title' => $request['type']
                ? request_type::from($request['type'])->label()
                : crm_word::shown($request['request_type']),
            'number' => $request['number'],
            'status' => request_status::label($status),
            'tone' => self::tone($status),
            'date' => format::date($request['request_date']),
            'waits' => $status === request_status::QUEUED->value,
            'reason' => $request['reason'],
            'answer' => $request['answer'],
            'fee' => format::money($request['fees_amount'], $request['currency']),
            'classes' => array_map(fn(string $name) => ['name' => $name], $request['classes']),
            'changes' => array_map(self::change(...), array_filter(
                $request['changes'],
                fn(array $change) => $change['field'] !== request_type::PHOTO_FIELD
            )),
            'files' => array_map(self::file(...), $request['files']),
            'history' => array_map(fn(array $state, int $index) => [
                'status' => request_status::label($state['status']),
                'time' => format::time($state['time']),
                'iscurrent' => $index === count($history) - 1,
            ], $history, array_keys($history)),
        ];
    }

    /**
     * How a state is coloured.
     *
     * @param string $status
     * @return string
     */
    private static function tone(string $status): string {
        return match (request_status::tryFrom($status)?->verdict()) {
            true => 'good',
            false => 'bad',
            null => 'warn',
        };
    }

    /**
     * A change of personal data.
     *
     * @param array $change
     * @return array
     */
    private static function change(array $change): array {
        $known = changeable_field::all()[$change['field']] ?? null;
        return [
            'field' => $known ? $known->label() : $change['field'],
            'current' => $change['current'],
            'new' => $change['new'],
        ];
    }

    /**
     * A file and its address.
     *
     * @param array $file
     * @return array
     */
    private static function file(array $file): array {
        $url = \moodle_url::make_pluginfile_url(
            system::instance()->id,
            'local_mzi',
            $file['filearea'],
            $file['itemid'],
            '/',
            $file['filename']
        );
        return ['name' => $file['filename'], 'size' => display_size($file['filesize']), 'url' => $url->out(false)];
    }
}
