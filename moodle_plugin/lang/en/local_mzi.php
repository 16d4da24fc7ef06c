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

/**
 * English strings.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['academics_best_grade'] = 'Best grade so far';
$string['academics_credit'] = 'Credits';
$string['academics_empty'] = 'You are not registered for a programme yet. As soon as the office enters a registration, it appears here.';
$string['academics_nograde'] = 'None yet';
$string['academics_nounits'] = 'The units of this programme are not known yet.';
$string['academics_progress'] = '{$a->passed} of {$a->total} units passed';
$string['academics_unit_number'] = 'Number';
$string['academics_units'] = 'Units';
$string['academics_units_of'] = 'Units of {$a} with the best released grade';
$string['brake_minimum'] = 'Brake: number';
$string['brake_minimum_desc'] = 'How many records of an entity the bridge may close within an hour: delete them, or give them a status that ends them. What goes beyond this number and beyond the percentage is held until somebody confirms it.';
$string['brake_percent'] = 'Brake: per cent';
$string['brake_percent_desc'] = 'The same as a percentage of the records of the entity that are not deleted. The larger of the two counts.';
$string['brakebusy'] = 'Another call that closes records of the same kind has not come to its end.';
$string['bridgerole'] = 'MZI bridge';
$string['bridgerole_desc'] = 'Lets the MZI bridge call the functions of local_mzi. Made by cli/setup_bridge.php; for no person.';
$string['classes_course'] = 'Open the course';
$string['classes_current'] = 'Current classes';
$string['classes_empty'] = 'You are in no class yet. As soon as the office puts you into one, it appears here.';
$string['classes_nocurrent'] = 'You are in no class at the moment.';
$string['classes_nopast'] = 'There are no past classes.';
$string['classes_past'] = 'Past classes';
$string['classes_teams'] = 'Open the team in Microsoft Teams';
$string['countmismatch'] = 'The parameter {$a->name} should hold {$a->expected} items, but {$a->found} came.';
$string['entity_classes'] = 'Classes';
$string['entity_enrollments'] = 'Enrolments';
$string['entity_grades'] = 'Grades';
$string['entity_payments'] = 'Payments';
$string['entity_programs'] = 'Programmes';
$string['entity_registrations'] = 'Registrations';
$string['entity_requests'] = 'Requests';
$string['entity_students'] = 'Students';
$string['entity_teachers'] = 'Teachers';
$string['entity_units'] = 'Units';
$string['event_student_viewed'] = 'Student viewed';
$string['fault_deleted_student'] = 'The student was deleted in the CRM.';
$string['fault_duplicate'] = 'The same id is there twice.';
$string['fault_image_needed'] = 'The picture is not known here: send it.';
$string['fault_invalid_value'] = 'Not a valid value; expected: {$a}.';
$string['fault_not_an_image'] = 'Not a JPEG, PNG, WebP or GIF picture, or a broken one.';
$string['fault_out_of_range'] = 'Out of range; expected: {$a}.';
$string['fault_required'] = 'Must be there and must not be empty.';
$string['fault_too_large'] = 'Too large; at most {$a} bytes.';
$string['fault_too_long'] = 'Too long; at most {$a} characters.';
$string['fault_too_many_pixels'] = 'Too large; at most {$a} pixels.';
$string['fault_unknown_field'] = 'There is no such field.';
$string['fault_unknown_student'] = 'There is no such student yet.';
$string['fault_wrong_type'] = 'Wrong type; expected: {$a}.';
$string['field_academic_email'] = 'Academic e-mail';
$string['field_academic_program'] = 'Academic programme';
$string['field_acknowledged_at'] = 'Acknowledged on';
$string['field_action'] = 'Action';
$string['field_address'] = 'Address';
$string['field_amount'] = 'Amount';
$string['field_attempt_date'] = 'Date of the attempt';
$string['field_attempt_number'] = 'Attempt';
$string['field_award'] = 'Award';
$string['field_birth_date'] = 'Date of birth';
$string['field_city'] = 'City';
$string['field_class_number'] = 'Class number';
$string['field_classroom'] = 'Classroom';
$string['field_code'] = 'Code';
$string['field_country'] = 'Country';
$string['field_currency'] = 'Currency';
$string['field_definition'] = 'Definition';
$string['field_details'] = 'Details';
$string['field_discount_percentage'] = 'Discount in per cent';
$string['field_display_name'] = 'Display name';
$string['field_due_date'] = 'Due date';
$string['field_email'] = 'E-mail';
$string['field_emergency_contact_name'] = 'Emergency contact';
$string['field_emergency_contact_phone'] = 'Emergency telephone';
$string['field_end_date'] = 'End date';
$string['field_enrollment_type'] = 'Type of enrolment';
$string['field_entity'] = 'Kind of record';
$string['field_expected_completion_date'] = 'Expected completion';
$string['field_feedback'] = 'Feedback';
$string['field_fees_amount'] = 'Fee';
$string['field_first_name'] = 'First name';
$string['field_gender'] = 'Gender';
$string['field_grade'] = 'Grade';
$string['field_grade_status'] = 'Grade status';
$string['field_grader_name'] = 'Grader';
$string['field_identification'] = 'Identification';
$string['field_installment_number'] = 'Instalment number';
$string['field_intake'] = 'Intake';
$string['field_iv_name'] = 'Internal verifier';
$string['field_kind'] = 'Kind of change';
$string['field_last_name'] = 'Last name';
$string['field_level'] = 'Level';
$string['field_major'] = 'Major';
$string['field_module'] = 'Kind of record';
$string['field_moodle_course_id'] = 'Moodle course';
$string['field_moodle_enrolment_state'] = 'State of the enrolment in Moodle';
$string['field_moodle_grade_key'] = 'Key of the grade in Moodle';
$string['field_moodle_user_enrolment_id'] = 'Enrolment in Moodle';
$string['field_moodle_user_id'] = 'Moodle user';
$string['field_ms_teams_id'] = 'Microsoft Teams id';
$string['field_name'] = 'Name';
$string['field_national_id'] = 'National number';
$string['field_nationality'] = 'Nationality';
$string['field_note'] = 'Note';
$string['field_paid_amount'] = 'Amount paid';
$string['field_paid_date'] = 'Date paid';
$string['field_payment_date'] = 'Date of payment';
$string['field_payment_method'] = 'Method of payment';
$string['field_payment_number'] = 'Payment number';
$string['field_payment_type'] = 'Type of payment';
$string['field_phone'] = 'Telephone';
$string['field_profile_picture_url'] = 'Address of the picture';
$string['field_program_name'] = 'Programme';
$string['field_read_time'] = 'Read from the CRM';
$string['field_reason'] = 'Reason';
$string['field_registration_date'] = 'Date of registration';
$string['field_registration_number'] = 'Registration number';
$string['field_registration_status'] = 'Registration status';
$string['field_remaining_amount'] = 'Amount remaining';
$string['field_request_date'] = 'Date of the request';
$string['field_request_number'] = 'Request number';
$string['field_request_type'] = 'Type of request';
$string['field_schedule'] = 'Schedule';
$string['field_score'] = 'Score';
$string['field_short_name'] = 'Short name';
$string['field_start_date'] = 'Start date';
$string['field_status'] = 'Status';
$string['field_student_id'] = 'Student number';
$string['field_studentid'] = 'Student record';
$string['field_study_language'] = 'Language of study';
$string['field_study_mode'] = 'Mode of study';
$string['field_sub_major'] = 'Sub-major';
$string['field_teacher_name'] = 'Teacher';
$string['field_term'] = 'Term';
$string['field_timecreated'] = 'Time created';
$string['field_timemodified'] = 'Time modified';
$string['field_title'] = 'Title';
$string['field_total_fees'] = 'Total fees';
$string['field_unit_name'] = 'Unit';
$string['field_voucher_number'] = 'Voucher number';
$string['field_year'] = 'Year';
$string['field_zoho_class_id'] = 'Class (CRM id)';
$string['field_zoho_enrollment_id'] = 'Enrolment (CRM id)';
$string['field_zoho_grade_id'] = 'Grade (CRM id)';
$string['field_zoho_installment_id'] = 'Instalment (CRM id)';
$string['field_zoho_outcome_id'] = 'Learning outcome (CRM id)';
$string['field_zoho_payment_id'] = 'Payment (CRM id)';
$string['field_zoho_program_id'] = 'Programme (CRM id)';
$string['field_zoho_record_id'] = 'Record (CRM id)';
$string['field_zoho_registration_id'] = 'Registration (CRM id)';
$string['field_zoho_request_id'] = 'Request (CRM id)';
$string['field_zoho_student_id'] = 'Student (CRM id)';
$string['field_zoho_teacher_id'] = 'Teacher (CRM id)';
$string['field_zoho_unit_id'] = 'Unit (CRM id)';
$string['finance_empty'] = 'There are no fees and payments yet.';
$string['grades_empty'] = 'There are no grades yet.';
$string['invalidjson'] = 'The parameter {$a->name} is not the JSON that is wanted there: {$a->reason}.';
$string['invalidoptions'] = 'The options are not valid; possible: {$a}.';
$string['mzi:manage'] = 'Manage the pages for students';
$string['mzi:sync'] = 'Write and read CRM records through web services';
$string['mzi:viewall'] = 'See the pages of all students';
$string['mzi:viewnationalid'] = 'See the whole national number of students';
$string['mzi:viewown'] = 'See one\'s own student pages';
$string['nostudent'] = 'There is no such student, or you may not see this student\'s data.';
$string['page_asstaff'] = 'You see this page as staff. The student sees it without what is marked as not released.';
$string['page_mystudies'] = 'My studies';
$string['page_nostudent'] = 'No student record is linked to your account. If you are a student, ask the office whether it knows your academic e-mail address and student number.';
$string['page_opened'] = '{$a} is open.';
$string['page_records'] = 'Your student records';
$string['page_records_why'] = 'The office keeps several student records of you. Choose the one you want to see.';
$string['page_students'] = 'Students';
$string['page_studies'] = 'Studies';
$string['page_switchedoff'] = 'This part of the pages is switched off.';
$string['page_tab_academics'] = 'Academics';
$string['page_tab_classes'] = 'Classes';
$string['page_tab_finance'] = 'Finance';
$string['page_tab_grades'] = 'Grades';
$string['page_tab_profile'] = 'Profile';
$string['page_tab_requests'] = 'Requests';
$string['page_tabs'] = 'Parts of this page';
$string['page_theme'] = 'Looks of these pages';
$string['page_theme_dark'] = 'Dark';
$string['page_theme_light'] = 'Light';
$string['page_theme_site'] = 'As the site';
$string['photo_export'] = 'Photos';
$string['pluginname'] = 'MZI bridge';
$string['privacy:metadata:classes'] = 'Classes, with the name of the teacher';
$string['privacy:metadata:closings'] = 'Which record was closed within the last hour; no values';
$string['privacy:metadata:enrollments'] = 'Places of students in classes';
$string['privacy:metadata:files'] = 'The photos of students';
$string['privacy:metadata:grades'] = 'Grades of students';
$string['privacy:metadata:installments'] = 'Payment schedules of registrations';
$string['privacy:metadata:outcomes'] = 'Learning outcomes behind grades';
$string['privacy:metadata:payments'] = 'Payments of students';
$string['privacy:metadata:photos'] = 'When the CRM was last read for the photo of a student, and what it had';
$string['privacy:metadata:preference:theme'] = 'How the user wants the pages for students to look';
$string['privacy:metadata:registrations'] = 'Registrations of students for programmes, with fees';
$string['privacy:metadata:requests'] = 'Requests of students';
$string['privacy:metadata:students'] = 'Students as the CRM knows them';
$string['privacy:metadata:sync_log'] = 'Which record was written or refused, and when; no values';
$string['privacy:metadata:teachers'] = 'Teachers as the CRM knows them';
$string['privacy:metadata:zoho_crm'] = 'The MZI bridge carries records between this site and Zoho CRM, which is their source. What is deleted here but not there comes back with the next change there.';
$string['profile_change'] = 'Ask for a change';
$string['profile_contact'] = 'Contact';
$string['profile_emergency'] = 'Emergency contact';
$string['profile_nophoto'] = 'There is no photo yet.';
$string['profile_person'] = 'Person';
$string['profile_photo_of'] = 'Photo of {$a}';
$string['profile_photo_pending'] = 'New photo. The office has not approved it yet; until then the old one counts.';
$string['profile_photo_pending_of'] = 'New photo of {$a}, not approved yet';
$string['profile_source'] = 'These data are what the office knows. Is something wrong or missing?';
$string['profile_studies'] = 'Studies';
$string['profile_unknown'] = 'Not known';
$string['request_empty'] = 'There are no requests yet.';
$string['setting_activestatuses'] = 'Active students';
$string['setting_activestatuses_desc'] = 'Statuses of students that count as active, one a line, as the CRM words them.';
$string['setting_bridge'] = 'Bridge';
$string['setting_endedstatuses'] = 'Classes that are over';
$string['setting_endedstatuses_desc'] = 'Statuses of classes that say that a class is over, one a line, as the CRM words them.';
$string['setting_page'] = 'Pages for students';
$string['setting_paymentstatuses'] = 'Payments that count';
$string['setting_paymentstatuses_desc'] = 'Statuses of payments that count as paid, one a line, as the CRM words them.';
$string['setting_releasedstatuses'] = 'Released grades';
$string['setting_releasedstatuses_desc'] = 'Statuses of grades that let the student see them, one a line, as the CRM words them. Any other grade is hidden from the student altogether.';
$string['setting_show_card'] = 'Student card';
$string['setting_show_card_desc'] = 'Students see and print their student card.';
$string['setting_show_finance'] = 'Finance';
$string['setting_show_finance_desc'] = 'Students see their fees, instalments and payments.';
$string['setting_show_gradedetail'] = 'Grade detail';
$string['setting_show_gradedetail_desc'] = 'Students see the feedback and the learning outcomes behind a grade.';
$string['setting_show_receipts'] = 'Receipts';
$string['setting_show_receipts_desc'] = 'Students download a PDF receipt for each payment.';
$string['setting_show_requests'] = 'Requests';
$string['setting_show_requests_desc'] = 'Students send requests to the office and see what became of them.';
$string['setting_show_themetoggle'] = 'Light and dark';
$string['setting_show_themetoggle_desc'] = 'Users choose whether these pages are light, dark or as the site.';
$string['setup_badusername'] = '"{$a}" is no user name: lower-case letters, digits, and . - _ @ only.';
$string['setup_done'] = 'The bridge may call this site: user id {$a->userid}, service {$a->service}.';
$string['setup_forced'] = 'config.php forces the setting {$a} to a value with which the bridge cannot call this site. Remove it there.';
$string['setup_help'] = 'Makes or repairs the account by which the MZI bridge calls this site: web services and the REST protocol,
a user, a role with webservice/rest:use and local/mzi:sync, the right to use the service, and a token.
Safe to run again: a valid token is kept.

Options:
    --username=NAME   Name of the user (default: mzi_bridge)
    --rotate          Replace the token; the old one stops working at once
    --show-token      Print the token even if it is not new
    --json            Print one JSON object: token (null if kept and not shown), userid, service
-h, --help            Print this help

The token is the last line of the output.

Example:
\\$ sudo -u www-data /usr/bin/php local/mzi/cli/setup_bridge.php';
$string['setup_noservice'] = 'The service local_mzi_bridge is not there. Complete the installation first: admin/cli/upgrade.php';
$string['setup_tokenkept'] = 'The token is the same as before; --show-token prints it, --rotate replaces it.';
$string['setup_usertaken'] = 'The account "{$a}" was not made by this script and is left alone. Choose another name: --username=NAME';
$string['synclogretention'] = 'Keep the sync log';
$string['synclogretention_desc'] = 'For how many days lines of the sync log are kept. 0 keeps them for ever.';
$string['task_prune_sync_log'] = 'Delete old lines of the sync log';
$string['toomanyrecords'] = 'The parameter {$a->name} holds {$a->found} items; at most {$a->max} are taken in one call.';
$string['usermatching'] = 'Finding Moodle users';
$string['usermatching_desc'] = 'How the Moodle user of a student or teacher is found: names with commas between them, tried in this order. <code>explicit</code>: the CRM holds the Moodle user id. <code>idnumber</code>: the ID number is the student number. <code>username</code>: the user name is the academic e-mail address. <code>email</code>: the e-mail address is the academic one. If several users fit, or none, the record stays unlinked.';
$string['usermatching_invalid'] = 'Only explicit, idnumber, username and email can stand here, each once, with commas between them.';
