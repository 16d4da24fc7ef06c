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
 * Arabic strings.
 *
 * @package    local_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['academics_best_grade'] = 'أفضل درجة حتى الآن';
$string['academics_credit'] = 'الساعات المعتمدة';
$string['academics_empty'] = 'لم تُسجَّل في أي برنامج بعد. ما إن تُدخل الإدارة تسجيلاً حتى يظهر هنا.';
$string['academics_nograde'] = 'لا توجد بعد';
$string['academics_nounits'] = 'وحدات هذا البرنامج غير معروفة بعد.';
$string['academics_progress'] = 'اجتزت {$a->passed} من {$a->total} وحدة';
$string['academics_unit_number'] = 'الرقم';
$string['academics_units'] = 'الوحدات';
$string['academics_units_of'] = 'وحدات {$a} مع أفضل درجة معلنة';
$string['brake_minimum'] = 'المكبح: العدد';
$string['brake_minimum_desc'] = 'عدد سجلات الكيان التي يجوز للجسر إغلاقها خلال ساعة: حذفها أو إعطاؤها حالة تنهيها. ما يتجاوز هذا العدد ويتجاوز النسبة المئوية يُعلَّق حتى يؤكده شخص.';
$string['brake_percent'] = 'المكبح: النسبة المئوية';
$string['brake_percent_desc'] = 'الأمر نفسه كنسبة مئوية من سجلات الكيان غير المحذوفة. يُعتمد الأكبر من الاثنين.';
$string['brakebusy'] = 'لم ينته بعد استدعاء آخر يغلق سجلات من النوع نفسه.';
$string['bridgerole'] = 'جسر MZI';
$string['bridgerole_desc'] = 'يسمح لجسر MZI باستدعاء دوال local_mzi. أنشأه cli/setup_bridge.php وليس مخصصًا لأي شخص.';
$string['classes_course'] = 'افتح المقرر';
$string['classes_current'] = 'الصفوف الحالية';
$string['classes_empty'] = 'لست في أي صف دراسي بعد. ما إن تضيفك الإدارة إلى صف حتى يظهر هنا.';
$string['classes_nocurrent'] = 'لست في أي صف حالياً.';
$string['classes_nopast'] = 'لا توجد صفوف سابقة.';
$string['classes_past'] = 'الصفوف السابقة';
$string['classes_teams'] = 'افتح الفريق في Microsoft Teams (مايكروسوفت تيمز)';
$string['countmismatch'] = 'كان ينبغي أن يحتوي المعامل {$a->name} على {$a->expected} من العناصر، لكن وصل {$a->found}.';
$string['entity_classes'] = 'الشعب';
$string['entity_enrollments'] = 'التسجيلات في الشعب';
$string['entity_grades'] = 'الدرجات';
$string['entity_payments'] = 'الدفعات';
$string['entity_programs'] = 'البرامج';
$string['entity_registrations'] = 'التسجيلات';
$string['entity_requests'] = 'الطلبات';
$string['entity_students'] = 'الطلاب';
$string['entity_teachers'] = 'المدرسون';
$string['entity_units'] = 'الوحدات';
$string['event_student_viewed'] = 'تم عرض بيانات طالب';
$string['fault_deleted_student'] = 'حُذف الطالب في نظام إدارة العلاقات.';
$string['fault_duplicate'] = 'المعرّف نفسه موجود مرتين.';
$string['fault_image_needed'] = 'الصورة غير معروفة هنا: أرسلها.';
$string['fault_invalid_value'] = 'قيمة غير صالحة؛ المتوقع: {$a}.';
$string['fault_not_an_image'] = 'ليست صورة JPEG أو PNG أو WebP أو GIF، أو أنها تالفة.';
$string['fault_out_of_range'] = 'خارج النطاق؛ المتوقع: {$a}.';
$string['fault_required'] = 'يجب أن يكون موجودًا وغير فارغ.';
$string['fault_too_large'] = 'كبير جدًا؛ الحد الأقصى {$a} بايت.';
$string['fault_too_long'] = 'طويل جدًا؛ الحد الأقصى {$a} من الأحرف.';
$string['fault_too_many_pixels'] = 'كبير جدًا؛ الحد الأقصى {$a} بكسل.';
$string['fault_unknown_field'] = 'لا يوجد حقل بهذا الاسم.';
$string['fault_unknown_student'] = 'لا يوجد طالب كهذا بعد.';
$string['fault_wrong_type'] = 'نوع غير صحيح؛ المتوقع: {$a}.';
$string['field_academic_email'] = 'البريد الإلكتروني الأكاديمي';
$string['field_academic_program'] = 'البرنامج الأكاديمي';
$string['field_acknowledged_at'] = 'تاريخ الاطلاع';
$string['field_action'] = 'الإجراء';
$string['field_address'] = 'العنوان';
$string['field_amount'] = 'المبلغ';
$string['field_attempt_date'] = 'تاريخ المحاولة';
$string['field_attempt_number'] = 'رقم المحاولة';
$string['field_award'] = 'الشهادة';
$string['field_birth_date'] = 'تاريخ الميلاد';
$string['field_city'] = 'المدينة';
$string['field_class_number'] = 'رقم الشعبة';
$string['field_classroom'] = 'القاعة';
$string['field_code'] = 'الرمز';
$string['field_country'] = 'الدولة';
$string['field_currency'] = 'العملة';
$string['field_definition'] = 'التعريف';
$string['field_details'] = 'التفاصيل';
$string['field_discount_percentage'] = 'نسبة الخصم';
$string['field_display_name'] = 'اسم العرض';
$string['field_due_date'] = 'تاريخ الاستحقاق';
$string['field_email'] = 'البريد الإلكتروني';
$string['field_emergency_contact_name'] = 'جهة الاتصال في حالات الطوارئ';
$string['field_emergency_contact_phone'] = 'هاتف الطوارئ';
$string['field_end_date'] = 'تاريخ الانتهاء';
$string['field_enrollment_type'] = 'نوع التسجيل في الشعبة';
$string['field_entity'] = 'نوع السجل';
$string['field_expected_completion_date'] = 'تاريخ الإنهاء المتوقع';
$string['field_feedback'] = 'الملاحظات على العمل';
$string['field_fees_amount'] = 'الرسم';
$string['field_first_name'] = 'الاسم الأول';
$string['field_gender'] = 'الجنس';
$string['field_grade'] = 'الدرجة';
$string['field_grade_status'] = 'حالة الدرجة';
$string['field_grader_name'] = 'المصحح';
$string['field_identification'] = 'التعريف المرجعي';
$string['field_installment_number'] = 'رقم القسط';
$string['field_intake'] = 'فوج القبول';
$string['field_iv_name'] = 'المدقق الداخلي';
$string['field_kind'] = 'نوع التغيير';
$string['field_last_name'] = 'اسم العائلة';
$string['field_level'] = 'المستوى';
$string['field_major'] = 'التخصص';
$string['field_module'] = 'نوع السجل';
$string['field_moodle_course_id'] = 'مقرر مودل';
$string['field_moodle_enrolment_state'] = 'حالة التسجيل في مودل';
$string['field_moodle_grade_key'] = 'مفتاح الدرجة في مودل';
$string['field_moodle_user_enrolment_id'] = 'التسجيل في مودل';
$string['field_moodle_user_id'] = 'مستخدم مودل';
$string['field_ms_teams_id'] = 'معرّف مايكروسوفت تيمز';
$string['field_name'] = 'الاسم';
$string['field_national_id'] = 'الرقم الوطني';
$string['field_nationality'] = 'الجنسية';
$string['field_note'] = 'ملاحظة';
$string['field_paid_amount'] = 'المبلغ المدفوع';
$string['field_paid_date'] = 'تاريخ الدفع';
$string['field_payment_date'] = 'تاريخ الدفعة';
$string['field_payment_method'] = 'طريقة الدفع';
$string['field_payment_number'] = 'رقم الدفعة';
$string['field_payment_type'] = 'نوع الدفعة';
$string['field_phone'] = 'الهاتف';
$string['field_profile_picture_url'] = 'رابط الصورة';
$string['field_program_name'] = 'البرنامج';
$string['field_read_time'] = 'وقت القراءة من نظام إدارة العلاقات';
$string['field_reason'] = 'السبب';
$string['field_registration_date'] = 'تاريخ التسجيل';
$string['field_registration_number'] = 'رقم التسجيل';
$string['field_registration_status'] = 'حالة التسجيل';
$string['field_remaining_amount'] = 'المبلغ المتبقي';
$string['field_request_date'] = 'تاريخ الطلب';
$string['field_request_number'] = 'رقم الطلب';
$string['field_request_type'] = 'نوع الطلب';
$string['field_schedule'] = 'الجدول';
$string['field_score'] = 'النتيجة';
$string['field_short_name'] = 'الاسم المختصر';
$string['field_start_date'] = 'تاريخ البدء';
$string['field_status'] = 'الحالة';
$string['field_student_id'] = 'رقم الطالب';
$string['field_studentid'] = 'سجل الطالب';
$string['field_study_language'] = 'لغة الدراسة';
$string['field_study_mode'] = 'نمط الدراسة';
$string['field_sub_major'] = 'التخصص الفرعي';
$string['field_teacher_name'] = 'المدرس';
$string['field_term'] = 'الفصل الدراسي';
$string['field_timecreated'] = 'وقت الإنشاء';
$string['field_timemodified'] = 'وقت التعديل';
$string['field_title'] = 'العنوان الرئيسي';
$string['field_total_fees'] = 'إجمالي الرسوم';
$string['field_unit_name'] = 'الوحدة';
$string['field_voucher_number'] = 'رقم السند';
$string['field_year'] = 'السنة';
$string['field_zoho_class_id'] = 'الشعبة (معرّف CRM)';
$string['field_zoho_enrollment_id'] = 'التسجيل في الشعبة (معرّف CRM)';
$string['field_zoho_grade_id'] = 'الدرجة (معرّف CRM)';
$string['field_zoho_installment_id'] = 'القسط (معرّف CRM)';
$string['field_zoho_outcome_id'] = 'مخرج التعلم (معرّف CRM)';
$string['field_zoho_payment_id'] = 'الدفعة (معرّف CRM)';
$string['field_zoho_program_id'] = 'البرنامج (معرّف CRM)';
$string['field_zoho_record_id'] = 'السجل (معرّف CRM)';
$string['field_zoho_registration_id'] = 'التسجيل (معرّف CRM)';
$string['field_zoho_request_id'] = 'الطلب (معرّف CRM)';
$string['field_zoho_student_id'] = 'الطالب (معرّف CRM)';
$string['field_zoho_teacher_id'] = 'المدرس (معرّف CRM)';
$string['field_zoho_unit_id'] = 'الوحدة (معرّف CRM)';
$string['finance_empty'] = 'لا توجد رسوم أو دفعات بعد.';
$string['grades_empty'] = 'لا توجد درجات بعد.';
$string['invalidjson'] = 'المعامل {$a->name} ليس JSON المطلوب هناك: {$a->reason}.';
$string['invalidoptions'] = 'الخيارات غير صالحة؛ الممكن: {$a}.';
$string['mzi:manage'] = 'إدارة صفحات الطلبة';
$string['mzi:sync'] = 'كتابة سجلات CRM وقراءتها عبر خدمات الويب';
$string['mzi:viewall'] = 'عرض صفحات جميع الطلبة';
$string['mzi:viewnationalid'] = 'عرض الرقم الوطني للطلبة كاملاً';
$string['mzi:viewown'] = 'عرض صفحات الطالب الخاصة بالمستخدم نفسه';
$string['nostudent'] = 'لا يوجد هذا الطالب، أو لا يحق لك الاطلاع على بياناته.';
$string['page_asstaff'] = 'تعرض هذه الصفحة بصفتك من الموظفين. يراها الطالب دون ما هو معلَّم بأنه غير معلن.';
$string['page_mystudies'] = 'دراستي';
$string['page_nostudent'] = 'لا يوجد سجل طالب مرتبط بحسابك. إن كنت طالباً فاسأل الإدارة إن كان لديها بريدك الإلكتروني الأكاديمي ورقمك الجامعي.';
$string['page_opened'] = 'فُتح القسم: {$a}';
$string['page_records'] = 'سجلات الطالب الخاصة بك';
$string['page_records_why'] = 'لدى الإدارة عدة سجلات باسمك. اختر السجل الذي تريد عرضه.';
$string['page_students'] = 'الطلبة';
$string['page_studies'] = 'الدراسة';
$string['page_switchedoff'] = 'هذا الجزء من الصفحات غير مفعّل.';
$string['page_tab_academics'] = 'البرامج الدراسية';
$string['page_tab_classes'] = 'الصفوف';
$string['page_tab_finance'] = 'المالية';
$string['page_tab_grades'] = 'الدرجات';
$string['page_tab_profile'] = 'الملف الشخصي';
$string['page_tab_requests'] = 'الطلبات';
$string['page_tabs'] = 'أقسام هذه الصفحة';
$string['page_theme'] = 'مظهر هذه الصفحات';
$string['page_theme_dark'] = 'داكن';
$string['page_theme_light'] = 'فاتح';
$string['page_theme_site'] = 'كمظهر الموقع';
$string['photo_export'] = 'الصور';
$string['pluginname'] = 'جسر MZI';
$string['privacy:metadata:classes'] = 'الشعب مع اسم المدرس';
$string['privacy:metadata:closings'] = 'أي سجل أُغلق خلال الساعة الأخيرة؛ دون أي قيم';
$string['privacy:metadata:enrollments'] = 'أماكن الطلاب في الشعب';
$string['privacy:metadata:files'] = 'صور الطلاب';
$string['privacy:metadata:grades'] = 'درجات الطلاب';
$string['privacy:metadata:installments'] = 'جداول سداد التسجيلات';
$string['privacy:metadata:outcomes'] = 'مخرجات التعلم وراء الدرجات';
$string['privacy:metadata:payments'] = 'دفعات الطلاب';
$string['privacy:metadata:photos'] = 'متى قُرئت صورة الطالب من نظام إدارة العلاقات آخر مرة، وما الذي كان فيه';
$string['privacy:metadata:preference:theme'] = 'المظهر الذي يريده المستخدم لصفحات الطلبة';
$string['privacy:metadata:registrations'] = 'تسجيلات الطلاب في البرامج مع الرسوم';
$string['privacy:metadata:requests'] = 'طلبات الطلاب';
$string['privacy:metadata:students'] = 'الطلاب كما يعرفهم نظام CRM';
$string['privacy:metadata:sync_log'] = 'أي سجل كُتب أو رُفض ومتى؛ دون أي قيم';
$string['privacy:metadata:teachers'] = 'المدرسون كما يعرفهم نظام CRM';
$string['privacy:metadata:zoho_crm'] = 'ينقل جسر MZI السجلات بين هذا الموقع وZoho CRM الذي هو مصدرها. ما يُحذف هنا ولا يُحذف هناك يعود مع أول تغيير هناك.';
$string['profile_change'] = 'اطلب تعديلاً';
$string['profile_contact'] = 'معلومات الاتصال';
$string['profile_emergency'] = 'جهة الاتصال في الطوارئ';
$string['profile_nophoto'] = 'لا توجد صورة بعد.';
$string['profile_person'] = 'البيانات الشخصية';
$string['profile_photo_of'] = 'صورة {$a}';
$string['profile_photo_pending'] = 'صورة جديدة. لم توافق عليها الإدارة بعد، وتبقى القديمة معتمدة حتى ذلك الحين.';
$string['profile_photo_pending_of'] = 'صورة جديدة للطالب {$a} لم تُعتمد بعد';
$string['profile_source'] = 'هذه البيانات هي ما لدى الإدارة. هل فيها خطأ أو نقص؟';
$string['profile_studies'] = 'الدراسة';
$string['profile_unknown'] = 'غير معروف';
$string['request_empty'] = 'لا توجد طلبات بعد.';
$string['setting_activestatuses'] = 'الطلبة الفعّالون';
$string['setting_activestatuses_desc'] = 'حالات الطلبة التي تُعدّ فعّالة، حالة في كل سطر، كما يكتبها نظام إدارة العلاقات.';
$string['setting_bridge'] = 'الجسر';
$string['setting_endedstatuses'] = 'الصفوف المنتهية';
$string['setting_endedstatuses_desc'] = 'حالات الصفوف التي تعني أن الصف انتهى، حالة في كل سطر، كما يكتبها نظام إدارة العلاقات.';
$string['setting_page'] = 'صفحات الطلبة';
$string['setting_paymentstatuses'] = 'الدفعات المحتسبة';
$string['setting_paymentstatuses_desc'] = 'حالات الدفعات التي تُحتسب مدفوعة، حالة في كل سطر، كما يكتبها نظام إدارة العلاقات.';
$string['setting_releasedstatuses'] = 'الدرجات المعلنة';
$string['setting_releasedstatuses_desc'] = 'حالات الدرجات التي تسمح للطالب برؤيتها، حالة في كل سطر، كما يكتبها نظام إدارة العلاقات. وما عداها يُخفى عن الطالب تماماً.';
$string['setting_show_card'] = 'بطاقة الطالب';
$string['setting_show_card_desc'] = 'يرى الطلبة بطاقاتهم ويطبعونها.';
$string['setting_show_finance'] = 'المالية';
$string['setting_show_finance_desc'] = 'يرى الطلبة رسومهم وأقساطهم ودفعاتهم.';
$string['setting_show_gradedetail'] = 'تفاصيل الدرجات';
$string['setting_show_gradedetail_desc'] = 'يرى الطلبة الملاحظات ومخرجات التعلم وراء كل درجة.';
$string['setting_show_receipts'] = 'الإيصالات';
$string['setting_show_receipts_desc'] = 'ينزّل الطلبة إيصالاً لكل دفعة بصيغة PDF.';
$string['setting_show_requests'] = 'الطلبات';
$string['setting_show_requests_desc'] = 'يرسل الطلبة طلبات إلى الإدارة ويتابعون ما آلت إليه.';
$string['setting_show_themetoggle'] = 'الفاتح والداكن';
$string['setting_show_themetoggle_desc'] = 'يختار المستخدمون أن تكون هذه الصفحات فاتحة أو داكنة أو كمظهر الموقع.';
$string['setup_badusername'] = '"{$a}" ليس اسم مستخدم: الأحرف الصغيرة والأرقام و . - _ @ فقط.';
$string['setup_done'] = 'يمكن للجسر استدعاء هذا الموقع: معرّف المستخدم {$a->userid}، الخدمة {$a->service}.';
$string['setup_forced'] = 'يفرض config.php على الإعداد {$a} قيمة لا يستطيع الجسر معها استدعاء هذا الموقع. أزله من هناك.';
$string['setup_help'] = 'ينشئ أو يصلح الحساب الذي يستدعي به جسر MZI هذا الموقع: خدمات الويب وبروتوكول REST،
ومستخدم، ودور له webservice/rest:use وlocal/mzi:sync، وحق استخدام الخدمة، ورمز مميز.
يمكن تشغيله مرة أخرى بأمان: يُحتفظ بالرمز المميز الصالح.

الخيارات:
    --username=NAME   اسم المستخدم (الافتراضي: mzi_bridge)
    --rotate          استبدال الرمز المميز؛ يتوقف القديم عن العمل فورًا
    --show-token      طباعة الرمز المميز حتى إن لم يكن جديدًا
    --json            طباعة كائن JSON واحد: token (القيمة null إذا احتُفظ به ولم يُعرض) وuserid وservice
-h, --help            طباعة هذه المساعدة

الرمز المميز هو السطر الأخير من المخرجات.

مثال:
\\$ sudo -u www-data /usr/bin/php local/mzi/cli/setup_bridge.php';
$string['setup_noservice'] = 'الخدمة local_mzi_bridge غير موجودة. أكمل التثبيت أولًا: admin/cli/upgrade.php';
$string['setup_tokenkept'] = 'الرمز المميز هو نفسه كما كان؛ يطبعه --show-token ويستبدله --rotate.';
$string['setup_usertaken'] = 'الحساب "{$a}" لم ينشئه هذا البرنامج ولن يُمس. اختر اسمًا آخر: --username=NAME';
$string['synclogretention'] = 'الاحتفاظ بسجل المزامنة';
$string['synclogretention_desc'] = 'عدد الأيام التي تُحفظ فيها أسطر سجل المزامنة. القيمة 0 تعني الاحتفاظ بها دائمًا.';
$string['task_prune_sync_log'] = 'حذف الأسطر القديمة من سجل المزامنة';
$string['toomanyrecords'] = 'يحتوي المعامل {$a->name} على {$a->found} من العناصر؛ الحد الأقصى في الاستدعاء الواحد هو {$a->max}.';
$string['usermatching'] = 'البحث عن مستخدمي مودل';
$string['usermatching_desc'] = 'كيف يُعثر على مستخدم مودل الخاص بطالب أو مدرس: أسماء تفصل بينها فواصل وتُجرَّب بهذا الترتيب. <code>explicit</code>: يحتفظ CRM بمعرّف مستخدم مودل. <code>idnumber</code>: رقم التعريف هو رقم الطالب. <code>username</code>: اسم المستخدم هو البريد الإلكتروني الأكاديمي. <code>email</code>: البريد الإلكتروني هو البريد الأكاديمي. إذا طابق عدة مستخدمين أو لم يطابق أحد بقي السجل دون ربط.';
$string['usermatching_invalid'] = 'لا يُقبل هنا إلا explicit وidnumber وusername وemail، كل منها مرة واحدة، وتفصل بينها فواصل.';
