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

use local_mzi\local\matching;
use local_mzi\repository\user_repository;

/**
 * Finds the Moodle users of CRM records: in the order of the setting, and never by a guess.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class user_resolver {
    /**
     * Constructor.
     *
     * @param user_repository $users
     */
    public function __construct(
        /** @var user_repository Moodle users */
        private readonly user_repository $users,
    ) {
    }

    /**
     * Resolves a batch by at most one statement for each way of matching.
     *
     * The first way that finds anyone decides. If it finds several, the record stays unresolved: the ways
     * behind it are weaker.
     *
     * @param array<int, array<string, string|int|null>> $claims what each record says, by name of the way of matching
     * @return array<int, int> user ids under the keys of the claims; unresolved ones are missing
     */
    public function resolve(array $claims): array {
        $resolved = [];
        foreach (matching::order() as $matching) {
            $values = array_filter(
                array_map(fn(array $claim) => (string) ($claim[$matching->value] ?? ''), $claims),
                fn(string $value) => $value !== ''
            );
            $found = $values ? $this->users->find($matching, $values) : [];
            foreach ($values as $index => $value) {
                $users = $found[user_repository::key($matching, $value)] ?? [];
                if (count($users) === 1) {
                    $resolved[$index] = $users[0];
                }
                if ($users) {
                    unset($claims[$index]);
                }
            }
        }
        return $resolved;
    }
}
