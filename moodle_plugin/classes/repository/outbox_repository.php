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
     * @param bulk_writer $writer
     */
    public function __construct(
        /** @var \moodle_database the site's database */
        private readonly \moodle_database $db,
        /** @var \core\clock the site's clock */
        private readonly \core\clock $clock,
        /** @var bulk_writer writes many rows by one statement */
        private readonly bulk_writer $writer,
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
     * Adds events of a type whose data is known, due at once, by one statement.
     *
     * @param event_type $type
     * @param array<string, array{0: array, 1: int|null}> $events data and the Moodle user whom it is about, by record key
     */
    public function add_all(event_type $type, array $events): void {
        $rows = [];
        foreach ($events as $recordkey => [$data, $userid]) {
            $rows[] = ['payload' => self::json($data)] + $this->row($type->value, (string) $recordkey, $userid);
        }
        $this->writer->insert(self::TABLE, $rows);
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
        $row = $values + $this->row($eventtype, $recordkey, $userid);
        $this->db->insert_record(self::TABLE, $row, false);
        return $row['event_id'];
    }

    /**
     * What every new row has.
     *
     * @param string $eventtype
     * @param string $recordkey
     * @param int|null $userid
     * @return array
     */
    private function row(string $eventtype, string $recordkey, ?int $userid): array {
        $now = $this->clock->time();
        return [
            'event_id' => \core\uuid::generate(),
            'event_type' => $eventtype,
            'record_key' => $recordkey,
            'moodle_user_id' => $userid,
            'status' => self::QUEUED,
            'attempts' => 0,
            'next_attempt' => $now,
            'occurred_at' => $now,
            'timecreated' => $now,
            'timemodified' => $now,
        ];
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
