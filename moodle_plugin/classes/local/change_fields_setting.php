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
 * The list of personal data that a student may ask to have changed.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class change_fields_setting extends \admin_setting_configtextarea {
    /**
     * Constructor.
     */
    public function __construct() {
        parent::__construct(
            'local_mzi/changefields',
            new \lang_string('changefields', 'local_mzi'),
            new \lang_string('changefields_desc', 'local_mzi'),
            changeable_field::DEFAULT,
            PARAM_RAW,
            60,
            6
        );
    }

    #[\Override]
    public function validate($data): bool|string {
        return changeable_field::parse((string) $data) === null ? get_string('changefields_invalid', 'local_mzi') : true;
    }
}
