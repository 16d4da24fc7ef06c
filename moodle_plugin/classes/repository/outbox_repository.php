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

namespace local_mzi\repository;

use local_mzi\local\event_type;

/**
 * Events that wait to be carried to the bridge.
 *
 * An event is added inside the transaction of what it tells of, so that both stand or neither does.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outbox_repository {
    /** Status of an event that nobody has sent yet. */
    public const QUEUED = 'queued';

    /** Table without prefix. */
    private const TABLE = 'local_mzi_outbox';

    /**
     * Constructor.
     *
     * @param \moodle_database $db
     * @param \core\clock $clock
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
    ) {
    }

    /**
     * Adds an event whose data is known, due at once.
     *
     * @param string $eventtype
     * @param array $data what the envelope carries under "data"
     * @param int|null $userid Moodle user whom it is about
     * @param string $recordkey what it is about; events of one key are sent in order
     * @return string id of the event, a UUID
     */
    public function add(string $eventtype, array $data, ?int $userid, string $recordkey): string {
        return $this->insert($eventtype, $recordkey, $userid, ['payload' => self::json($data)]);
    }

    /**
     * Notes an event whose data is put together when it is sent. One statement.
     *
     * @param event_type $type
     * @param string $recordkey what it is about; events of one key are sent in order
     * @param array $reference ids from which the data is put together
     * @param int|null $userid Moodle user whom it is about
     * @param int $occurred epoch seconds
     */
    public function note(event_type $type, string $recordkey, array $reference, ?int $userid, int $occurred): void {
        $values = ['reference' => self::json($reference), 'occurred_at' => $occurred];
        $this->insert($type->value, $recordkey, $userid, $values);
    }

    /**
     * Inserts a row.
     *
     * @param string $eventtype
     * @param string $recordkey
     * @param int|null $userid
     * @param array $values
     * @return string id of the event
     */
    private function insert(string $eventtype, string $recordkey, ?int $userid, array $values): string {
        $now = $this->clock->time();
        $eventid = \core\uuid::generate();
        $this->db->insert_record(self::TABLE, $values + [
            'event_id' => $eventid,
            'event_type' => $eventtype,
            'record_key' => $recordkey,
            'moodle_user_id' => $userid,
            'status' => self::QUEUED,
            'next_attempt' => $now,
            'occurred_at' => $now,
            'timecreated' => $now,
            'timemodified' => $now,
        ], false);
        return $eventid;
    }

    /**
     * Data as it is stored.
     *
     * @param array $data
     * @return string
     */
    private static function json(array $data): string {
        return json_encode($data, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }

    /**
     * The events about a user.
     *
     * @param int $userid
     * @return \stdClass[] in the order they happened
     */
    public function of_user(int $userid): array {
        return $this->db->get_records(self::TABLE, ['moodle_user_id' => $userid], 'id');
    }

    /**
     * Deletes the events about a user.
     *
     * @param int $userid
     */
    public function delete_user(int $userid): void {
        $this->db->delete_records(self::TABLE, ['moodle_user_id' => $userid]);
    }
}
