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

namespace local_mzi\reportbuilder\local\entities;

use core_reportbuilder\local\entities\base;
use core_reportbuilder\local\filters\date;
use core_reportbuilder\local\filters\number;
use core_reportbuilder\local\filters\select;
use core_reportbuilder\local\filters\text;
use core_reportbuilder\local\helpers\format;
use core_reportbuilder\local\report\column;
use core_reportbuilder\local\report\filter;
use lang_string;
use local_mzi\local\event_type;
use local_mzi\local\outbox_reason;
use local_mzi\output\event_text;

/**
 * An event for the bridge, in reports. What an event holds is no part of it.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_event extends base {
    #[\Override]
    protected function get_default_tables(): array {
        return ['local_mzi_outbox'];
    }

    #[\Override]
    protected function get_default_entity_title(): lang_string {
        return new lang_string('report_event', 'local_mzi');
    }

    #[\Override]
    public function initialise(): base {
        foreach ($this->columns() as $column) {
            $this->add_column($column);
        }
        foreach ($this->filters() as $filter) {
            $this->add_filter($filter)->add_condition($filter);
        }
        return $this;
    }

    /**
     * A column.
     *
     * @param string $name
     * @param lang_string $title
     * @param int $type
     * @param string $field
     * @return column
     */
    private function column(string $name, lang_string $title, int $type, string $field): column {
        return (new column($name, $title, $this->get_entity_name()))
            ->add_joins($this->get_joins())
            ->set_type($type)
            ->add_field($this->get_table_alias('local_mzi_outbox') . ".$field")
            ->set_is_sortable(true);
    }

    /**
     * The columns.
     *
     * @return column[]
     */
    private function columns(): array {
        $text = column::TYPE_TEXT;
        $time = column::TYPE_TIMESTAMP;
        return [
            $this->column('id', new lang_string('report_id', 'local_mzi'), column::TYPE_INTEGER, 'id'),
            $this->column('occurred', new lang_string('report_occurred', 'local_mzi'), $time, 'occurred_at')
                ->set_callback([format::class, 'userdate']),
            $this->column('type', new lang_string('report_type', 'local_mzi'), $text, 'event_type')
                ->set_callback(fn(?string $type) => event_text::type((string) $type)),
            $this->column('status', new lang_string('report_status', 'local_mzi'), $text, 'status')
                ->set_callback(fn(?string $state) => event_text::state((string) $state)),
            $this->column('attempts', new lang_string('report_attempts', 'local_mzi'), column::TYPE_INTEGER, 'attempts'),
            $this->column('reason', new lang_string('report_reason', 'local_mzi'), $text, 'last_error')
                ->set_callback(fn(?string $reason) => s(outbox_reason::text($reason))),
            $this->column('settled', new lang_string('report_settled', 'local_mzi'), $time, 'delivered_at')
                ->set_callback([format::class, 'userdate']),
        ];
    }

    /**
     * A filter.
     *
     * @param string $class
     * @param string $name
     * @param lang_string $title
     * @param string $field
     * @return filter
     */
    private function filter(string $class, string $name, lang_string $title, string $field): filter {
        $table = $this->get_table_alias('local_mzi_outbox');
        return (new filter($class, $name, $title, $this->get_entity_name(), "$table.$field"))->add_joins($this->get_joins());
    }

    /**
     * The filters.
     *
     * @return filter[]
     */
    private function filters(): array {
        $types = array_column(event_type::cases(), 'value');
        return [
            $this->filter(date::class, 'occurred', new lang_string('report_occurred', 'local_mzi'), 'occurred_at')
                ->set_limited_operators([
                    date::DATE_ANY, date::DATE_RANGE, date::DATE_LAST, date::DATE_CURRENT, date::DATE_PREVIOUS,
                ]),
            $this->filter(select::class, 'type', new lang_string('report_type', 'local_mzi'), 'event_type')
                ->set_options_callback(fn() => array_combine($types, array_map(event_text::type(...), $types))),
            $this->filter(select::class, 'status', new lang_string('report_status', 'local_mzi'), 'status')
                ->set_options_callback(fn() => array_combine(
                    event_text::STATES,
                    array_map(event_text::state(...), event_text::STATES)
                )),
            $this->filter(number::class, 'attempts', new lang_string('report_attempts', 'local_mzi'), 'attempts'),
            $this->filter(text::class, 'reason', new lang_string('report_reason', 'local_mzi'), 'last_error'),
        ];
    }
}
