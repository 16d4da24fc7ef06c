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

namespace local_mzi\local\page;

use local_mzi\output\admin\access;
use local_mzi\service\bridge_account;
use local_mzi\service\web_service_health;

/**
 * The page on which an administrator of the site lets the bridge in.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class access_page {
    /** Its name in the tree of settings. */
    public const NAME = 'local_mzi_access';

    /** Who may open it: it makes a user and a role, and switches web services on. */
    public const CAPABILITY = 'moodle/site:config';

    /** What can be done. */
    private const ACTIONS = ['setup', 'renew'];

    /**
     * Shows how the access stands; asks before it changes anything; shows a new token this once.
     */
    public static function show(): void {
        global $PAGE;
        admin_page::open('access');
        // Nothing of a token stays in the browser's cache.
        $PAGE->set_cacheable(false);
        $sent = admin_page::is_sent();
        $action = optional_param('action', '', PARAM_ALPHA);
        $asked = $sent && in_array($action, self::ACTIONS, true) ? $action : '';
        $confirmed = $asked !== '' && optional_param('confirm', false, PARAM_BOOL);
        $accounts = \core\di::get(bridge_account::class);
        $username = $accounts->username() ?? optional_param('username', bridge_account::USERNAME, PARAM_RAW_TRIMMED);
        $token = $confirmed ? self::act($accounts, $asked, $username) : null;
        admin_page::show('access', new access(
            \core\di::get(web_service_health::class),
            $username,
            $accounts->token_id(),
            $confirmed ? '' : $asked,
            $token
        ), 'admin_access');
    }

    /**
     * Does what was confirmed.
     *
     * @param bridge_account $accounts
     * @param string $action
     * @param string $username
     * @return string the new token; with the old one, the page is left
     */
    private static function act(bridge_account $accounts, string $action, string $username): string {
        try {
            $account = $action === 'renew'
                ? $accounts->renew(required_param('current', PARAM_INT))
                : $accounts->set_up($username);
        } catch (\moodle_exception $exception) {
            admin_page::failed(admin_page::url('access'), $exception->getMessage());
        }
        if (!$account['isnew']) {
            admin_page::done(admin_page::url('access'), get_string('access_kept', 'local_mzi'));
        }
        return $account['token'];
    }
}
