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

use local_mzi\entity\registry;
use local_mzi\output\event_text;
use local_mzi\service\bridge_syncs;
use local_mzi\service\web_service_health;

/**
 * The language packs.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @coversNothing
 */
final class language_test extends \basic_testcase {
    /** Settings of the way to the bridge that are named by a list. */
    private const OUTBOX_SETTINGS = [
        ...['bridgeon', 'plainloopback', 'apikey', 'tenantid', 'bridgetimeout', 'pagetimeout', 'debuglog'],
        ...['eventkey', 'eventkeyprevious'],
        ...['outboxtries', 'outboxdays', 'outboxretention', 'outboxlagminutes', 'outboxfailures'],
    ];

    /** Pages that the overview leads to. */
    private const ADMIN_PAGES = ['access', 'connection', 'diagnostics', 'events', 'mappings', 'reset', 'sync', 'unlinked'];

    /** What is told on the page of diagnostics. */
    private const DIAGNOSTICS = [
        ...['contract', 'functions', 'matching', 'moodle', 'release'],
        ...['rows', 'deleted', 'unlinked', 'closings'],
    ];

    /** What a person does with a link. */
    private const LINK_ACTIONS = ['link', 'release', 'unlink'];

    /** What is told of an event. */
    private const REPORT = ['attempts', 'eventid', 'next', 'occurred', 'reason', 'settled', 'status', 'user'];

    /** States of a sync. */
    private const SYNC_STATES = ['running', 'paused', 'done', 'failed', 'cancelled', 'interrupted', 'waiting'];

    /** What keeps the bridge out. */
    private const WEB_SERVICE = [
        ...['nocapability', 'norest', 'noservice', 'notallowed', 'nouser', 'off', 'serviceoff', 'suspended'],
    ];

    /** Settings of enrolments and courses that are named by a list. */
    private const ENROLMENT_SETTINGS = [
        ...['enrolrole', 'enrolleave', 'enrolend', 'createusers', 'createauth'],
        ...['makecourses', 'coursetemplate', 'coursecategory', 'teacherrole', 'coursestaff'],
    ];

    /**
     * Strings whose names the code puts together, by the place where it does.
     *
     * @return array<string, string[]>
     */
    private static function composed(): array {
        $fields = [
            ...['action', 'entity', 'kind', 'module', 'read_time', 'studentid', 'timecreated', 'timemodified'],
            'zoho_record_id',
        ];
        $children = [];
        foreach (registry::all() as $definition) {
            $fields = [...$fields, $definition->key, ...array_keys($definition->columns + $definition->local)];
            foreach ($definition->children as $child) {
                $children[] = $child->name;
                $fields = [...$fields, $child->key->name, ...array_keys($child->columns)];
            }
        }
        $values = fn(array $cases): array => array_column($cases, 'value');
        return [
            'reasons for no card' => ['card_no_off', 'card_no_inactive'],
            'caches' => ['cachedef_bridge_state', 'cachedef_observer_faults', 'cachedef_verifications'],
            'troubles with the bridge' => [
                ...self::named('bridge_trouble_', $values(bridge_trouble::cases())),
                ...self::named('bridge_fix_', $values(bridge_trouble::cases())),
                ...self::named('bridge_word_', bridge_fault::KNOWN),
                ...self::named('bridge_word_', bridge_fault::KNOWN, '_fix'),
            ],
            'pages of the manager' => [
                ...array_column(page\admin_page::PAGES, 1),
                ...self::named('admin_', self::ADMIN_PAGES, '_about'),
                ...self::named('access_ask_', ['setup', 'renew']),
                ...self::named('access_yes_', ['setup', 'renew']),
                ...self::named('access_part_', [...web_service_health::PARTS, 'token']),
                ...self::named('diagnostics_', self::DIAGNOSTICS),
                ...self::named('link_confirm_', self::LINK_ACTIONS),
                ...self::named('link_done_', self::LINK_ACTIONS),
                ...self::named('outbox_reason_', outbox_reason::KNOWN),
                ...self::named('outbox_state_', event_text::STATES),
                ...self::named('overview_', ['day', 'failed', 'oldest', 'queued', 'week']),
                ...self::named('overview_bridge_', ['age', 'credits', 'dead', 'held', 'polled', 'waiting']),
                ...self::named('report_', self::REPORT),
                ...self::named('sync_', bridge_syncs::ACTIONS),
                ...self::named('sync_', bridge_syncs::ACTIONS, '_one'),
                ...self::named('sync_mode_', bridge_syncs::MODES),
                ...self::named('sync_state_', self::SYNC_STATES),
                ...self::named('webservice_', self::WEB_SERVICE),
            ],
            'columns of cards' => ['field_serial', 'field_timemodified'],
            'capabilities' => self::named('', array_map(
                fn(string $capability) => substr($capability, strlen('local/')),
                array_keys(self::capabilities())
            )),
            'entities' => self::named('entity_', registry::names()),
            'faults' => self::named('fault_', $values(fault_code::cases())),
            'columns' => self::named('field_', array_unique($fields)),
            'columns of requests and events' => self::named('field_', [
                ...['event_type', 'payload', 'requestid'],
                ...['record_key', 'reference', 'occurred_at'],
            ]),
            'requests' => [
                ...self::named('request_type_', $values(request_type::cases())),
                ...self::named('request_intro_', $values(request_type::cases())),
                ...self::named('request_fault_', $values(refusal::cases())),
                ...self::named('request_status_', array_map('strtolower', array_column(request_status::cases(), 'name'))),
                ...self::named('request_window_now_', $values(window_state::cases())),
            ],
            'privacy' => self::named('privacy:metadata:', [...registry::names(), ...$children]),
            'states of instalments' => self::named('finance_state_', $values(finance\instalment_state::cases())),
            'grades' => self::named('grades_letter_', array_map(
                fn(grade_letter $letter) => $letter->key(),
                grade_letter::cases()
            )),
            'tabs' => self::named('page_tab_', $values(tab::cases())),
            'themes' => self::named('page_theme_', $values(theme_choice::cases())),
            'switches' => [
                ...self::named('setting_show_', $values(feature::cases())),
                ...self::named('setting_show_', $values(feature::cases()), '_desc'),
            ],
            'events' => self::named('setting_event_', $values(event_type::cases())),
            'outbox' => [
                ...self::named('setting_', self::OUTBOX_SETTINGS),
                ...self::named('setting_', self::OUTBOX_SETTINGS, '_desc'),
            ],
            'enrolments' => [
                ...self::named('setting_', self::ENROLMENT_SETTINGS),
                ...self::named('setting_', self::ENROLMENT_SETTINGS, '_desc'),
                ...self::named('setting_enrolleave_', ['suspend', 'unenrol']),
                ...self::named('setting_enrolend_', ['suspend', 'keep']),
                ...['enrolment_held', 'enrolment_failed'],
            ],
            'messages' => ['messageprovider:enrolmentsheld', 'messageprovider:outboxtrouble'],
            'words of the CRM' => array_map(crm_word::string_name(...), crm_word::KNOWN),
            'lists of statuses' => [
                ...self::named('setting_', $values(status_list::cases())),
                ...self::named('setting_', $values(status_list::cases()), '_desc'),
            ],
        ];
    }

    /**
     * Names with the same beginning and end.
     *
     * @param string $before
     * @param string[] $names
     * @param string $after
     * @return string[]
     */
    private static function named(string $before, array $names, string $after = ''): array {
        return array_map(fn(string $name) => $before . $name . $after, array_values($names));
    }

    /**
     * The capabilities of the plugin.
     *
     * @return array
     */
    private static function capabilities(): array {
        global $CFG;
        $capabilities = [];
        include($CFG->dirroot . '/local/mzi/db/access.php');
        return $capabilities;
    }

    /**
     * The text of all files of a kind, without tests and language packs.
     *
     * @param string $extension
     * @return array<string, string> by path inside the plugin
     */
    private static function sources(string $extension): array {
        global $CFG;
        $root = $CFG->dirroot . '/local/mzi';
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS));
        $sources = [];
        foreach ($files as $file) {
            $path = substr($file->getPathname(), strlen($root) + 1);
            if ($file->getExtension() === $extension && !preg_match('~^(tests|lang|amd/build)/~', $path)) {
                $sources[$path] = file_get_contents($file->getPathname());
            }
        }
        return $sources;
    }

    /**
     * The strings that code and templates ask for by their whole name.
     *
     * @return string[]
     */
    private static function asked_for(): array {
        $patterns = [
            'php' => [
                '/\b(?:get_string|lang_string|moodle_exception|help_icon)\(\s*\'([^\'$]+)\',\s*\'local_mzi\'/',
                '/addHelpButton\([^,]+,\s*\'([^\']+)\',\s*\'local_mzi\'/',
            ],
            'mustache' => ['/\{\{#str\}\}\s*([\w:]+),\s*local_mzi\b/'],
            'js' => [
                '/(?:getString|get_string)\(\s*\'([^\']+)\',\s*\'local_mzi\'/',
                '/key:\s*\'([^\']+)\',\s*component:\s*\'local_mzi\'/',
            ],
        ];
        $found = [];
        foreach ($patterns as $extension => $expressions) {
            foreach (self::sources($extension) as $text) {
                foreach ($expressions as $expression) {
                    preg_match_all($expression, $text, $matches);
                    $found = [...$found, ...$matches[1]];
                }
            }
        }
        return array_values(array_unique($found));
    }

    /**
     * The strings of a pack.
     *
     * @param string $language
     * @return string[]
     */
    private static function strings(string $language): array {
        global $CFG;
        $string = [];
        include($CFG->dirroot . "/local/mzi/lang/$language/local_mzi.php");
        return $string;
    }

    public function test_english_and_arabic_have_the_same_strings_with_the_same_placeholders(): void {
        $english = self::strings('en');
        $arabic = self::strings('ar');
        $placeholders = function (string $text): array {
            preg_match_all('/\{\$a(?:->\w+)?\}|<[^>]+>|--[a-z-]+/', $text, $found);
            $unique = array_unique($found[0]);
            sort($unique);
            return $unique;
        };

        $this->assertSame(array_keys($english), array_keys($arabic));
        $this->assertSame(array_map($placeholders, $english), array_map($placeholders, $arabic));
        foreach ($arabic as $key => $text) {
            $this->assertMatchesRegularExpression('/\p{Arabic}/u', $text, $key);
        }
    }

    public function test_both_packs_are_in_alphabetical_order(): void {
        foreach (['en', 'ar'] as $language) {
            $keys = array_keys(self::strings($language));
            $sorted = $keys;
            sort($sorted, SORT_STRING);
            $this->assertSame($sorted, $keys, $language);
        }
    }

    public function test_every_string_that_is_asked_for_is_there(): void {
        $wanted = [...self::asked_for(), ...array_merge(...array_values(self::composed()))];
        // Columns of tables that say nothing of a person are shown nowhere.
        $wanted = array_filter($wanted, fn(string $key) => !preg_match('/^(field_|privacy:metadata:)/', $key));

        $this->assertSame([], array_values(array_diff($wanted, array_keys(self::strings('en')))));
        $this->assertGreaterThan(20, count(self::asked_for()));
    }

    public function test_no_string_is_there_that_nothing_asks_for(): void {
        $code = implode("\n", [...self::sources('php'), ...self::sources('js')]);
        $known = [...self::asked_for(), ...array_merge(...array_values(self::composed()))];
        $unused = array_filter(
            array_diff(array_keys(self::strings('en')), $known),
            fn(string $key) => !str_contains($code, "'$key'") && !str_contains($code, "\"$key\"")
                && !(str_ends_with($key, '_help') && in_array(substr($key, 0, -strlen('_help')), $known))
        );

        $this->assertSame([], array_values($unused));
    }

    public function test_templates_hold_no_words_of_their_own(): void {
        foreach (self::sources('mustache') as $path => $text) {
            $comment = '/\{\{!.*?\}\}/s';
            $helpers = '/\{\{#(js|str|quote|pix)\}\}.*?\{\{\/\1\}\}/s';
            $tags = '/\{\{.*?\}\}\}?/s';
            $text = preg_replace([$comment, $helpers, $tags], '', $text);
            preg_match_all('/\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"/', $text, $spoken);
            $words = implode(' ', $spoken[1]) . preg_replace(['/<[^>]*>/s', '/&#?\w+;/'], ' ', $text);
            $this->assertDoesNotMatchRegularExpression('/\p{L}/u', $words, $path);
        }
    }

    public function test_every_fault_code_has_a_message(): void {
        $english = self::strings('en');
        foreach (fault_code::cases() as $code) {
            $this->assertArrayHasKey("fault_{$code->value}", $english);
        }
    }
}
