<?php
namespace local_mzi\local;

/**
 * The admin setting for the order in which Moodle users are looked for.
 *
 * @@
 */
final class matching_order_setting extends \admin_setting_configtext {
    /**
     * Constructor.
     */
    public function __construct() {
        parent::__construct(
            'local_mzi/usermatching',
            new \lang_string('usermatching', 'local_mzi'),
            new \lang_string('usermatching_desc', 'local_mzi'),
            matching::DEFAULT_ORDER,
            PARAM_RAW_TRIMMED,
            60
        );
    }

    #[\Override]
    public function validate($data) {
        return matching::parse((string) $data) === null ? get_string('usermatching_invalid', 'local_mzi') : true;
    }
}
