"""Classes, and the linking module between students and classes."""

from __future__ import annotations

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.schema import ModuleSpec

CLASSES = ModuleSpec(
    api_name="BTEC_Classes",
    singular="BTEC Class",
    plural="BTEC Classes",
    generated_type="custom",
    name_field="Class_Name",
    fields=(
        f.auto_number("CLS-", "Class Number"),
        f.text("Class_Name", mandatory=True),
        f.text("Class_Short_Name", length=100),
        f.lookup("Unit", "BTEC"),
        f.lookup("BTEC_Program", "Products"),
        f.lookup("Teacher", "BTEC_Teachers"),
        f.picklist("Term", p.TERMS),
        f.picklist("Year", p.YEARS),
        f.picklist("Class_Status", p.CLASS_STATUSES),
        f.date("Start_Date"),
        f.date("End_Date"),
        f.picklist("Start_Hour", p.DAYS, "Day 1"),
        f.text("Hours_1", length=40),
        f.picklist("End_Hour", p.DAYS, "Day 2"),
        f.text("Hours_2", length=40),
        f.text("Classroom", length=60),
        f.picklist("Class_Study_Mode", p.STUDY_MODES),
        f.text("MS_Teams_ID", length=120),
        f.integer("Capacity"),
        f.integer("Moodle_Class_ID"),
        f.textarea("Internal_Note"),
    ),
)

ENROLLMENTS = ModuleSpec(
    api_name="BTEC_Enrollments",
    singular="BTEC Enrollment",
    plural="BTEC Enrollments",
    generated_type="linking",
    has_modified_time=False,
    name_field="Enrollment_Type",
    fields=(
        f.lookup("Enrolled_Students", "BTEC_Students", mandatory=True),
        f.lookup("Classes", "BTEC_Classes", mandatory=True),
        f.picklist("Enrollment_Type", p.ENROLLMENT_TYPES),
        f.date("Start_Date"),
        f.date("End_Date"),
        f.integer("Moodle_Course_ID"),
    ),
)
