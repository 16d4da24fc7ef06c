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

use local_mzi\entity\registry;
use local_mzi\local\action;
use local_mzi\local\fault;
use local_mzi\local\fault_code;
use local_mzi\local\incoming_photo;
use local_mzi\local\misfit;
use local_mzi\local\row_result;
use local_mzi\local\stored_photo;
use local_mzi\repository\atomic_batch;
use local_mzi\repository\entity_repository;
use local_mzi\repository\photo_repository;

/**
 * Stores students' photos that come from the CRM, each for itself.
 *
 * The picture is made anew before the student's row is locked, so that nobody waits for it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class photo_update {
    /**
     * Constructor.
     *
     * @param atomic_batch $batch
     * @param entity_repository $entities
     * @param photo_repository $photos
     * @param sync_log $log
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var atomic_batch all or nothing */
        private readonly atomic_batch $batch,
        /** @var entity_repository the tables of the entities */
        private readonly entity_repository $entities,
        /** @var photo_repository the photos */
        private readonly photo_repository $photos,
        /** @var sync_log the log */
        private readonly sync_log $log,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Checks and stores photos.
     *
     * @param array $rows as json_decode gives them
     * @return row_result[] one for each row, in order
     */
    public function apply(array $rows): array {
        $started = hrtime(true);
        [$photos, $results] = photo_reader::read($rows);
        foreach ($photos as $index => $photo) {
            $results[$index] = $this->one($photo);
        }
        ksort($results);
        $this->log->add('photo', registry::get('students'), $results, $started);
        return $results;
    }

    /**
     * Stores one photo.
     *
     * @param incoming_photo $photo
     * @return row_result
     */
    private function one(incoming_photo $photo): row_result {
        try {
            $jpeg = $photo->image === null ? null : photo_encoder::encode($photo->image);
        } catch (misfit $misfit) {
            return self::refused($photo, $misfit->reason, $misfit->expected);
        }
        return $this->batch->run(fn() => $this->write($photo, $jpeg));
    }

    /**
     * Decides and writes under the lock of the student's row.
     *
     * @param incoming_photo $photo
     * @param string|null $jpeg
     * @return row_result
     */
    private function write(incoming_photo $photo, ?string $jpeg): row_result {
        $found = $this->entities->lock(registry::get('students'), [$photo->id]);
        $student = $found[entity_repository::fold($photo->id)] ?? null;
        if ($student === null) {
            return self::refused($photo, fault_code::UNKNOWN_STUDENT);
        }
        if ($student->deletedat !== null) {
            return self::refused($photo, fault_code::DELETED_STUDENT);
        }
        $stored = $this->photos->get($student->id);
        $action = self::decide($photo, $stored, $this->photos->has_file($student->id));
        if ($action === null) {
            return self::refused($photo, fault_code::IMAGE_NEEDED);
        }
        $this->carry_out($student->id, $photo, $stored, $action, $jpeg);
        return new row_result($photo->id, $action);
    }

    /**
     * Writes what was decided.
     *
     * @param int $studentid
     * @param incoming_photo $photo
     * @param stored_photo|null $stored
     * @param action $action
     * @param string|null $jpeg
     */
    private function carry_out(
        int $studentid,
        incoming_photo $photo,
        ?stored_photo $stored,
        action $action,
        ?string $jpeg
    ): void {
        $known = new stored_photo($photo->contenthash, max($photo->readtime, $stored?->readtime ?? 0));
        $now = $this->clock->time();
        if ($action === action::INSERTED || $action === action::UPDATED) {
            $this->photos->store($studentid, $known, $jpeg, $now);
        } else if ($action === action::UNCHANGED && $stored !== null && $known->readtime > $stored->readtime) {
            $this->photos->remember($studentid, $known, $now);
        }
    }

    /**
     * What is to be done. Of two states the one that was read later from the CRM wins.
     *
     * A photo that came another way stays until the CRM has one, or takes away one that it had.
     *
     * @param incoming_photo $photo
     * @param stored_photo|null $stored
     * @param bool $there whether the file is there
     * @return action|null null if the picture is not known here and was not sent
     */
    private static function decide(incoming_photo $photo, ?stored_photo $stored, bool $there): ?action {
        $same = $photo->contenthash === $stored?->contenthash;
        return match (true) {
            $same && ($photo->contenthash === null || $there) => action::UNCHANGED,
            !$same && $stored !== null && $photo->readtime < $stored->readtime => action::STALE,
            $photo->contenthash !== null && $photo->image === null => null,
            $there, $photo->contenthash === null => action::UPDATED,
            default => action::INSERTED,
        };
    }

    /**
     * A refusal.
     *
     * @param incoming_photo $photo
     * @param fault_code $reason
     * @param string $expected
     * @return row_result
     */
    private static function refused(incoming_photo $photo, fault_code $reason, string $expected = ''): row_result {
        $fault = new fault(self::field_of($reason), $reason, $expected);
        return new row_result($photo->id, action::REJECTED, [$fault]);
    }

    /**
     * The member of the row that a fault is about.
     *
     * @param fault_code $reason
     * @return string
     */
    private static function field_of(fault_code $reason): string {
        return match ($reason) {
            fault_code::UNKNOWN_STUDENT, fault_code::DELETED_STUDENT => 'zoho_student_id',
            default => 'image',
        };
    }
}
