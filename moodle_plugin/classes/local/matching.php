<?php
namespace local_mzi\local;

/**
 * A way to find the Moodle user of a CRM record.
 *
 * @@
 */
enum matching: string {
    /** The CRM holds the Moodle user's id. */
    case EXPLICIT = 'explicit';
    /** The user's ID number is the student number. */
    case IDNUMBER = 'idnumber';
    /** The user's name is the academic e-mail address. */
    case USERNAME = 'username';
    /** The user's e-mail address is the academic one. */
    case EMAIL = 'email';

    /** The order unless the administrator wants another. */
    public const DEFAULT_ORDER = 'explicit,idnumber,username,email';

    /**
     * An order as it is written in the setting.
     *
     * @param string $text names with commas between them
     * @return self[]|null null if a name is unknown, or there twice, or none is there
     */
    public static function parse(string $text): ?array {
        $names = array_map('trim', explode(',', $text));
        $order = array_map(self::tryFrom(...), $names);
        return in_array(null, $order, true) || count(array_unique($names)) < count($names) ? null : $order;
    }

    /**
     * The order in force.
     *
     * @return self[]
     */
    public static function order(): array {
        $setting = (string) get_config('local_mzi', 'usermatching');
        return self::parse($setting) ?? self::parse(self::DEFAULT_ORDER);
    }
}
