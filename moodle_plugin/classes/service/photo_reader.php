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

use local_mzi\local\action;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\incoming_photo;
use local_mzi\local\misfit;
use local_mzi\local\row_result;
use local_mzi\repository\entity_repository;

/**
 * Reads a batch of photos: what can be stored, and what must be refused.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class photo_reader {
    /** Most bytes of a picture. */
    public const MAX_BYTES = 2 * 1024 * 1024;

    /** Members of a row. */
    private const FIELDS = ['zoho_student_id', 'read_time', 'content_hash', 'image'];

    /**
     * Photos and refusals, each under its position in the batch. Of two of one student the second is refused.
     *
     * @param array $rows as json_decode gives them
     * @return array{0: array<int, incoming_photo>, 1: array<int, row_result>}
     */
    public static function read(array $rows): array {
        $photos = [];
        $refusals = [];
        $seen = [];
        foreach ($rows as $index => $row) {
            $read = self::row($row);
            $fold = entity_repository::fold($read->id);
            if ($read->id !== '' && isset($seen[$fold])) {
                $read = new row_result($read->id, action::REJECTED, [new fault('zoho_student_id', fault_code::DUPLICATE)]);
            }
            $seen[$fold] = true;
            if ($read instanceof incoming_photo) {
                $photos[$index] = $read;
            } else {
                $refusals[$index] = $read;
            }
        }
        return [$photos, $refusals];
    }

    /**
     * One row.
     *
     * @param mixed $row
     * @return incoming_photo|row_result
     */
    private static function row(mixed $row): incoming_photo|row_result {
        if (!$row instanceof \stdClass) {
            return new row_result('', action::REJECTED, [new fault('', fault_code::WRONG_TYPE, 'object')]);
        }
        $sent = (array) $row;
        $faults = array_map(
            fn(string $name) => new fault($name, fault_code::UNKNOWN_FIELD),
            array_map('strval', array_keys(array_diff_key($sent, array_flip(self::FIELDS))))
        );
        $id = self::part('zoho_student_id', fn() => value_reader::id($sent['zoho_student_id'] ?? null), $faults) ?? '';
        $time = self::part('read_time', fn() => value_reader::time($sent['read_time'] ?? null), $faults);
        $hash = self::part('content_hash', fn() => self::hash($sent), $faults);
        $image = self::part('image', fn() => self::image($sent, $hash), $faults);
        return $faults ? new row_result($id, action::REJECTED, $faults) : new incoming_photo($id, $time, $hash, $image);
    }

    /**
     * One member, or null and what is wrong with it.
     *
     * @param string $field
     * @param callable $read
     * @param fault[] $faults
     * @return mixed
     */
    private static function part(string $field, callable $read, array &$faults): mixed {
        try {
            return $read();
        } catch (misfit $misfit) {
            $faults[] = new fault($field, $misfit->reason, $misfit->expected);
            return null;
        }
    }

    /**
     * The hash; null says that there is no photo, and must be said.
     *
     * @param array $sent
     * @return string|null
     * @throws misfit
     */
    private static function hash(array $sent): ?string {
        if (!array_key_exists('content_hash', $sent)) {
            throw new misfit(fault_code::REQUIRED);
        }
        return $sent['content_hash'] === null ? null : value_reader::content_hash($sent['content_hash']);
    }

    /**
     * The bytes, whole and as hashed; null where none were sent.
     *
     * @param array $sent
     * @param string|null $hash
     * @return string|null
     * @throws misfit
     */
    private static function image(array $sent, ?string $hash): ?string {
        $text = $sent['image'] ?? null;
        if ($text === null) {
            return null;
        }
        if (!is_string($text)) {
            throw new misfit(fault_code::WRONG_TYPE, 'base64');
        }
        if (strlen($text) > intdiv(self::MAX_BYTES + 2, 3) * 4) {
            throw new misfit(fault_code::TOO_LARGE, (string) self::MAX_BYTES);
        }
        $bytes = base64_decode($text, true);
        if ($bytes === false || $bytes === '') {
            throw new misfit(fault_code::INVALID_VALUE, 'base64');
        }
        if (strlen($bytes) > self::MAX_BYTES) {
            throw new misfit(fault_code::TOO_LARGE, (string) self::MAX_BYTES);
        }
        if (hash('sha256', $bytes) !== $hash) {
            throw new misfit(fault_code::INVALID_VALUE, 'content_hash = SHA-256');
        }
        return $bytes;
    }
}
