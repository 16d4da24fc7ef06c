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

use local_mzi\service\bridge_address;

/**
 * The admin setting for a secret: stored encrypted, never sent to the browser.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class secret_setting extends \admin_setting_encryptedpassword {
    /** @var secret which one */
    public readonly secret $secret;

    /**
     * Constructor.
     *
     * @param secret $secret
     */
    public function __construct(secret $secret) {
        $this->secret = $secret;
        parent::__construct(
            "local_mzi/{$secret->value}",
            new \lang_string("setting_{$secret->value}", 'local_mzi'),
            new \lang_string("setting_{$secret->value}_desc", 'local_mzi')
        );
    }

    /**
     * Stores the secret, and that it is this site's: a copy of the site must not write into the CRM.
     *
     * @param mixed $data
     * @return string empty, or what is wrong
     */
    #[\Override]
    public function write_setting($data) {
        $given = trim((string) $data);
        if (!$this->secret->accepts($given)) {
            return get_string($this->secret->refusal(), 'local_mzi');
        }
        $fault = parent::write_setting($given);
        if ($fault === '' && $given !== '') {
            bridge_address::settle_site();
        }
        return $fault;
    }
}
