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

use core\context\system;
use local_mzi\local\card;
use local_mzi\local\card_claim;
use local_mzi\local\card_settings;
use local_mzi\local\card_state;
use local_mzi\local\feature;
use local_mzi\local\status_list;
use local_mzi\local\student;
use local_mzi\repository\card_repository;

/**
 * Issues student cards and withdraws them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_card {
    /**
     * Constructor.
     *
     * @param card_signature $signature
     * @param card_repository $cards
     * @param site_day $day
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var card_signature signs the codes */
        private readonly card_signature $signature,
        /** @var card_repository which cards were withdrawn */
        private readonly card_repository $cards,
        /** @var site_day the day at the school */
        private readonly site_day $day,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Whether a student has a card.
     *
     * @param student $student
     * @return card_state
     */
    public static function state(student $student): card_state {
        return match (true) {
            !feature::CARD->is_on() => card_state::OFF,
            !status_list::ACTIVE->contains($student->status) => card_state::INACTIVE,
            default => card_state::READY,
        };
    }

    /**
     * A card that is valid from today on. The same day gives the same card.
     *
     * @param student $student
     * @return card
     * @throws \moodle_exception if the student has none
     */
    public function issue(student $student): card {
        $state = self::state($student);
        if ($state !== card_state::READY) {
            throw new \moodle_exception("card_no_{$state->value}", 'local_mzi');
        }
        $claim = new card_claim(
            $student->id,
            $this->cards->serial($student->id),
            $this->day->today(),
            $this->day->moved('+' . card_settings::months() . ' months'),
        );
        $url = new \moodle_url('/local/mzi/verify.php', ['c' => $this->signature->sign($claim)]);
        return new card($student, $claim, $url, self::photo($student));
    }

    /**
     * Makes all cards of a student invalid that were issued so far, as when one is lost.
     *
     * @param student $student
     */
    public function withdraw(student $student): void {
        $this->cards->withdraw($student->id, $this->clock->time());
    }

    /**
     * The student's picture.
     *
     * @param student $student
     * @return \stored_file|null
     */
    private static function photo(student $student): ?\stored_file {
        $files = get_file_storage()->get_area_files(
            system::instance()->id,
            'local_mzi',
            file_access::PHOTO,
            $student->id,
            'timemodified DESC, id DESC',
            false
        );
        return reset($files) ?: null;
    }
}
