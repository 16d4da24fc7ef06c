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

namespace local_mzi\local;

/**
 * The settings of the pages for students.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class page_settings {
    /**
     * Adds them to a page of settings.
     *
     * @param \admin_settingpage $page
     */
    public static function add_to(\admin_settingpage $page): void {
        foreach (feature::cases() as $feature) {
            $page->add(new \admin_setting_configcheckbox(
                "local_mzi/{$feature->setting()}",
                new \lang_string("setting_show_{$feature->value}", 'local_mzi'),
                new \lang_string("setting_show_{$feature->value}_desc", 'local_mzi'),
                1
            ));
        }
        foreach (status_list::cases() as $list) {
            $page->add(new \admin_setting_configtextarea(
                "local_mzi/{$list->value}",
                new \lang_string("setting_{$list->value}", 'local_mzi'),
                new \lang_string("setting_{$list->value}_desc", 'local_mzi'),
                $list->preset(),
                PARAM_TEXT,
                60,
                4
            ));
        }
        $page->add(new crm_words_setting());
        $page->add(card_settings::setting());
        foreach (grade_letter::cases() as $letter) {
            $page->add(new \admin_setting_configtext(
                "local_mzi/{$letter->setting()}",
                new \lang_string('setting_gradepoints', 'local_mzi', $letter->title()),
                new \lang_string('setting_gradepoints_desc', 'local_mzi'),
                '',
                grade_letter::POINTS,
                6
            ));
        }
    }
}
