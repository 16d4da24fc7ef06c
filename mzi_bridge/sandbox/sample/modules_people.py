"""Students and teachers."""

from __future__ import annotations

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.schema import ModuleSpec

STUDENTS = ModuleSpec(
    api_name="BTEC_Students",
    singular="BTEC Student",
    plural="BTEC Students",
    generated_type="custom",
    name_field="Display_Name",
    fields=(
        f.auto_number("STU-", "Student ID"),
        f.text("First_Name", length=100, mandatory=True),
        f.text("Last_Name", length=100, mandatory=True),
        f.text("Display_Name"),
        f.text("Arabic_Name"),
        f.email("Academic_Email"),
        f.text("Academic_Password"),
        f.email("Email", "Private Email"),
        f.phone("Phone_Number"),
        f.phone("Secondary_Phone"),
        f.date("Birth_Date"),
        f.picklist("Gender", p.GENDERS),
        f.picklist("Nationality", p.NATIONALITIES),
        f.text("National_Number", length=30),
        f.text("Passport_Number", length=30),
        f.textarea("Address", length=2000),
        f.text("City", length=100),
        f.picklist("Country", p.COUNTRIES),
        f.picklist("Status", p.STUDENT_STATUSES),
        f.picklist("Major", p.MAJORS),
        f.picklist("Sub_Major", p.SUB_MAJORS),
        f.picklist("Academic_Program", p.ACADEMIC_PROGRAMS),
        f.picklist("Study_Language", p.LANGUAGES),
        f.picklist("Study_Mode", p.STUDY_MODES),
        f.text("BTEC_Registration_Number", length=60),
        f.date("Registration_Date"),
        f.lookup("Program", "Products"),
        f.text("Emergency_Contact_Name"),
        f.phone("Emergency_Phone_Number"),
        f.text("Emergency_Relationship", length=60),
        f.multi("Interests", p.SUB_MAJORS),
        f.boolean("Has_Scholarship"),
        f.integer("Student_Moodle_ID"),
        f.textarea("Internal_Note"),
    ),
)

TEACHERS = ModuleSpec(
    api_name="BTEC_Teachers",
    singular="BTEC Teacher",
    plural="BTEC Teachers",
    generated_type="custom",
    fields=(
        f.text("Name", "Teacher Name", mandatory=True),
        f.email("Email"),
        f.email("Academic_Email"),
        f.text("Academic_Password"),
        f.phone("Phone_Number"),
        f.picklist("Major", p.MAJORS),
        f.double("Hourly_Rate"),
        f.integer("Teacher_Moodle_ID"),
    ),
)
