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

use core\output\named_templatable;
use local_mzi\local\card;

/**
 * Front and back of a student card on the page, with what one can do with it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card_view implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param card $card
     * @param \moodle_url $page
     * @param bool $maywithdraw
     */
    public function __construct(
        /** @var card what is shown */
        private readonly card $card,
        /** @var \moodle_url the page it is shown on */
        private readonly \moodle_url $page,
        /** @var bool whether the viewer may withdraw it */
        private readonly bool $maywithdraw,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/card';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $student = $this->card->student;
        return [
            'school' => card_pdf::school(),
            'name' => $student->displayname,
            'program' => $student->program,
            'photo' => $this->photo(),
            'facts' => array_map(
                fn(array $fact) => ['label' => $fact[0], 'value' => $fact[1]],
                card_pdf::facts($this->card)
            ),
            'code' => qr_image::data_url($this->card->url->out(false)),
            'host' => parse_url($this->card->url->out(false), PHP_URL_HOST),
            'checkurl' => $this->card->url->out(false),
            'downloadurl' => (new \moodle_url($this->page, ['download' => 1]))->out(false),
            'withdraw' => $this->maywithdraw ? ['action' => $this->page->out(false), 'sesskey' => sesskey()] : null,
        ];
    }

    /**
     * Where the picture is.
     *
     * @return string|null
     */
    private function photo(): ?string {
        $file = $this->card->photo;
        if (!$file) {
            return null;
        }
        $url = \moodle_url::make_pluginfile_url(
            $file->get_contextid(),
            $file->get_component(),
            $file->get_filearea(),
            $file->get_itemid(),
            $file->get_filepath(),
            $file->get_filename()
        );
        $url->param('rev', $file->get_timemodified());
        return $url->out(false);
    }
}
