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
 * Strings in Arabic.
 *
 * @package    enrol_mzi
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['mzi:config'] = 'إخفاء التسجيلات الواردة من نظام إدارة العلاقات أو إزالتها';
$string['pluginname'] = 'تسجيلات MZI';
$string['pluginname_desc'] = 'أماكن الطلاب في الصفوف كما هي في نظام إدارة العلاقات. تنشئها إضافة local_mzi وتغيّرها وتنهيها، ولا يُسجَّل أحد هنا يدويًا.';
$string['privacy:metadata'] = 'لا تحتفظ هذه الطريقة ببيانات شخصية خاصة بها. تحتفظ local_mzi بأماكن الطلاب، ويحتفظ Moodle بالتسجيلات.';
