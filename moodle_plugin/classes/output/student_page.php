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
use local_mzi\local\audience;
use local_mzi\local\card_state;
use local_mzi\local\crm_word;
use local_mzi\local\feature;
use local_mzi\local\student;
use local_mzi\local\tab;
use local_mzi\local\theme_choice;
use local_mzi\service\student_card;

/**
 * The page "My studies": whose it is, the tabs, and the content of one of them.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_page implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param tab $tab
     * @param student $student
     * @param audience $audience
     * @param bool $named
     * @param student[] $own
     */
    public function __construct(
        /** @var tab the open tab */
        private readonly tab $tab,
        /** @var student whose page it is */
        private readonly student $student,
        /** @var audience for whom it is */
        private readonly audience $audience,
        /** @var bool whether the address names the student */
        private readonly bool $named,
        /** @var student[] the viewer's own records, the newest first */
        private readonly array $own,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/student_page';
    }

    /**
     * The title of the page.
     *
     * @return string
     */
    public function title(): string {
        $name = $this->audience === audience::STAFF ? $this->student->displayname : $this->heading();
        return $this->tab->title() . \moodle_page::TITLE_SEPARATOR . $name;
    }

    /**
     * What stands above the page.
     *
     * @return string
     */
    public function heading(): string {
        return get_string($this->audience === audience::STAFF ? 'page_studies' : 'page_mystudies', 'local_mzi');
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        return [
            'name' => $this->student->displayname,
            'number' => $this->student->number,
            'status' => crm_word::shown($this->student->status),
            'isstaff' => $this->audience === audience::STAFF,
            'studentid' => $this->named ? $this->student->id : 0,
            'tab' => $this->tab->value,
            'tabs' => array_map($this->link(...), tab::shown()),
            'choices' => $this->choices(),
            'cardurl' => student_card::state($this->student) === card_state::READY ? $this->card_url() : null,
            'theme' => feature::THEMETOGGLE->is_on() ? $this->theme() : null,
            'body' => $output->render($this->body()),
        ];
    }

    /**
     * The content of the open tab.
     *
     * @return tab_body
     */
    public function body(): tab_body {
        $data = $this->tab->section()->data($this->student, $this->audience);
        return $this->tab->body($data, $this->student, $this->audience);
    }

    /**
     * The link to a tab.
     *
     * @param tab $tab
     * @return array
     */
    private function link(tab $tab): array {
        return [
            'name' => $tab->value,
            'title' => $tab->title(),
            'url' => $tab->url($this->named ? $this->student->id : null)->out(false),
            'active' => $tab === $this->tab,
        ];
    }

    /**
     * Where the student's card is.
     *
     * @return string
     */
    private function card_url(): string {
        $url = new \moodle_url('/local/mzi/card.php', $this->named ? ['student' => $this->student->id] : []);
        return $url->out(false);
    }

    /**
     * The viewer's other records, for one who has several.
     *
     * @return array[] empty for who has one
     */
    private function choices(): array {
        if (count($this->own) < 2) {
            return [];
        }
        return array_map(fn(student $student) => [
            'name' => $student->displayname,
            'number' => $student->number,
            'program' => $student->program,
            'url' => $this->tab->url($student->id)->out(false),
            'active' => $student->id === $this->student->id,
        ], $this->own);
    }

    /**
     * The form that chooses between light and dark.
     *
     * @return array
     */
    private function theme(): array {
        $current = theme_choice::current();
        return [
            'action' => (new \moodle_url('/local/mzi/theme.php'))->out(false),
            'sesskey' => sesskey(),
            'returnurl' => $this->tab->url($this->named ? $this->student->id : null)->out_as_local_url(false),
            'choices' => array_map(fn(theme_choice $choice) => [
                'value' => $choice->value,
                'title' => $choice->title(),
                'active' => $choice === $current,
            ], theme_choice::cases()),
        ];
    }
}
