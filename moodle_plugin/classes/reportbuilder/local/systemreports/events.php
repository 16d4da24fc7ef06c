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

namespace local_mzi\reportbuilder\local\systemreports;

use core\context\system;
use core_reportbuilder\local\entities\user;
use core_reportbuilder\local\report\action;
use core_reportbuilder\system_report;
use lang_string;
use local_mzi\local\page\admin_page;
use local_mzi\reportbuilder\local\entities\outbox_event;

/**
 * The log of events for the bridge. Who an event is about sees only who may see all students.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class events extends system_report {
    #[\Override]
    protected function initialise(): void {
        $event = new outbox_event();
        $table = $event->get_table_alias('local_mzi_outbox');
        $this->set_main_table('local_mzi_outbox', $table);
        $this->add_entity($event);
        $this->add_base_fields("$table.id");
        $about = 'outbox_event:';
        $columns = ["{$about}id", "{$about}occurred", "{$about}type", "{$about}status"];
        $filters = ["{$about}occurred", "{$about}type", "{$about}status"];
        if (has_capability('local/mzi:viewall', system::instance())) {
            $user = new user();
            $users = $user->get_table_alias('user');
            $this->add_entity($user->add_join("LEFT JOIN {user} $users ON $users.id = $table.moodle_user_id"));
            $columns[] = 'user:fullname';
            $filters[] = 'user:fullname';
        }
        $this->add_columns_from_entities([...$columns, "{$about}attempts", "{$about}reason", "{$about}settled"]);
        $this->get_column('user:fullname')?->set_title(new lang_string('report_user', 'local_mzi'));
        foreach ($this->get_columns() as $column) {
            // On a phone each row is a card, and each of its cells says what it is.
            $column->add_attributes(['data-title' => $column->get_title()]);
        }
        $this->add_filters_from_entities([...$filters, "{$about}attempts", "{$about}reason"]);
        $this->set_initial_sort_column("{$about}id", SORT_DESC);
        $this->add_action(new action(
            admin_page::url('event', ['id' => ':id']),
            new \pix_icon('e/search', ''),
            [],
            false,
            new lang_string('report_open', 'local_mzi')
        ));
        $this->set_downloadable(true, get_string('admin_events', 'local_mzi'));
    }

    #[\Override]
    protected function can_view(): bool {
        return has_capability(admin_page::CAPABILITY, system::instance());
    }

    #[\Override]
    public static function get_name(): string {
        return get_string('admin_events', 'local_mzi');
    }
}
