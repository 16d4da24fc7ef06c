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
use local_mzi\local\stored_row;
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
            return $this->batch->run(fn() => new row_result($photo->id, $this->write($photo, $jpeg)));
        } catch (misfit $misfit) {
            $fault = new fault(self::field_of($misfit->reason), $misfit->reason, $misfit->expected);
            return new row_result($photo->id, action::REJECTED, [$fault]);
        }
    }

    /**
     * Decides and writes under the lock of the student's row.
     *
     * @param incoming_photo $photo
     * @param string|null $jpeg
     * @return action
     * @throws misfit
     */
    private function write(incoming_photo $photo, ?string $jpeg): action {
        $found = $this->entities->lock(registry::get('students'), [$photo->id]);
        $student = self::living($found[entity_repository::fold($photo->id)] ?? null);
        $stored = $this->photos->get($student->id);
        $there = $this->photos->has_file($student->id);
        $action = self::decide($photo, $stored, $there);
        $now = $this->clock->time();
        $state = new stored_photo($photo->contenthash, max($photo->readtime, $stored?->readtime ?? 0));
        if ($action === action::UNCHANGED && $stored !== null && $state->readtime > $stored->readtime) {
            $this->photos->remember($student->id, $state, $now);
        }
        if ($action === action::INSERTED || $action === action::UPDATED) {
            $this->photos->store($student->id, new stored_photo($photo->contenthash, $photo->readtime), $jpeg, $now);
        }
        return $action;
    }

    /**
     * What is to be done. Of two states the one that was read later from the CRM wins.
     *
     * A photo that came another way stays until the CRM has one, or takes away one that it had.
     *
     * @param incoming_photo $photo
     * @param stored_photo|null $stored
     * @param bool $there whether the file is there
     * @return action
     * @throws misfit if the picture is not known here and was not sent
     */
    private static function decide(incoming_photo $photo, ?stored_photo $stored, bool $there): action {
        $same = $photo->contenthash === $stored?->contenthash;
        if ($same && ($photo->contenthash === null || $there)) {
            return action::UNCHANGED;
        }
        if (!$same && $stored !== null && $photo->readtime < $stored->readtime) {
            return action::STALE;
        }
        if ($photo->contenthash !== null && $photo->image === null) {
            throw new misfit(fault_code::IMAGE_NEEDED);
        }
        return $there || $photo->contenthash === null ? action::UPDATED : action::INSERTED;
    }

    /**
     * The student's row, which must be there and not be deleted.
     *
     * @param stored_row|null $student
     * @return stored_row
     * @throws misfit
     */
    private static function living(?stored_row $student): stored_row {
        if ($student === null) {
            throw new misfit(fault_code::UNKNOWN_STUDENT);
        }
        if ($student->deletedat !== null) {
            throw new misfit(fault_code::DELETED_STUDENT);
        }
        return $student;
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
