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
use local_mzi\form\request\request_form;
use local_mzi\local\request_window;
use local_mzi\local\window_state;

/**
 * The page with the form of a request.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class request_form_page implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param request_window $window
     * @param window_state $state
     * @param request_form $form
     * @param \moodle_url $list
     * @param string|null $fault
     */
    public function __construct(
        /** @var request_window when the request can be made */
        private readonly request_window $window,
        /** @var window_state how that stands now */
        private readonly window_state $state,
        /** @var request_form the form */
        private readonly request_form $form,
        /** @var \moodle_url the list of requests */
        private readonly \moodle_url $list,
        /** @var string|null what is wrong with the request as a whole */
        private readonly ?string $fault,
    ) {
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        return 'local_mzi/request_form';
    }

    #[\Override]
    public function export_for_template(\renderer_base $output): array {
        $open = $this->state === window_state::OPEN;
        return [
            'intro' => get_string("request_intro_{$this->window->type->value}", 'local_mzi'),
            'window' => window_text::of($this->state, $this->window->opensat, $this->window->closesat),
            'isopen' => $open,
            'fault' => $this->fault,
            'form' => $open ? $this->form->render() : '',
            'list' => $this->list->out(false),
        ];
    }
}
