<?php
namespace local_mzi\service;

/**
 * A list that travels as one JSON parameter.
 *
 * @@
 */
final class json_list {
    /** Deepest nesting of a record. */
    private const DEPTH = 64;

    /**
     * The list; objects in it stay objects, so that {} and [] can be told apart.
     *
     * @param string $name the parameter, for the message
     * @param string $json
     * @param int|null $count how many the caller says there are
     * @return array
     * @throws \moodle_exception invalidjson, countmismatch, toomanyrecords
     */
    public static function decode(string $name, string $json, ?int $count = null): array {
        $list = json_decode($json, false, self::DEPTH);
        if (!is_array($list)) {
            $reason = json_last_error() === JSON_ERROR_NONE ? 'not a list' : json_last_error_msg();
            throw new \moodle_exception('invalidjson', 'local_mzi', '', (object) ['name' => $name, 'reason' => $reason]);
        }
        $found = count($list);
        if ($count !== null && $found !== $count) {
            $numbers = (object) ['name' => $name, 'expected' => $count, 'found' => $found];
            throw new \moodle_exception('countmismatch', 'local_mzi', '', $numbers);
        }
        if ($found > contract::MAX_RECORDS) {
            $numbers = (object) ['name' => $name, 'max' => contract::MAX_RECORDS, 'found' => $found];
            throw new \moodle_exception('toomanyrecords', 'local_mzi', '', $numbers);
        }
        return $list;
    }
}
