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
use local_mzi\local\student;

/**
 * The content of a tab. The class profile_tab fills the template local_mzi/tab_profile.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class tab_body implements \renderable, named_templatable {
    /**
     * Constructor.
     *
     * @param array $data
     * @param student $student
     * @param audience $audience
     */
    final public function __construct(
        /** @var array as the section of the tab gives it */
        protected readonly array $data,
        /** @var student whose data it is */
        protected readonly student $student,
        /** @var audience for whom it is */
        protected readonly audience $audience,
    ) {
    }

    /**
     * Names and values for the template local_mzi/facts. What is not known is left out.
     *
     * @param array<string, string|string[]|null> $values by column
     * @return array[]
     */
    protected static function facts(array $values): array {
        $facts = [];
        foreach ($values as $column => $value) {
            $known = array_values(array_filter((array) $value, fn(?string $line) => trim((string) $line) !== ''));
            if ($known) {
                $facts[] = ['label' => get_string("field_$column", 'local_mzi'), 'values' => $known];
            }
        }
        return $facts;
    }

    #[\Override]
    public function get_template_name(\renderer_base $renderer): string {
        $name = substr(static::class, strlen(__NAMESPACE__) + 1, -strlen('_tab'));
        return "local_mzi/tab_$name";
    }
}
