"""Grades with their learning outcomes, and the students' requests."""

from __future__ import annotations

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.schema import ModuleSpec, SubformSpec

GRADES = ModuleSpec(
    api_name="BTEC_Grades",
    singular="BTEC Grade",
    plural="BTEC Grades",
    generated_type="custom",
    fields=(
        f.auto_number("GRD-", "Grade Number"),
        f.lookup("Student", "BTEC_Students"),
        f.lookup("Class", "BTEC_Classes"),
        f.text("BTEC_Unit"),
        f.text("BTEC_Grade_Name"),
        f.picklist("Grade", p.GRADES),
        f.picklist("Grade_Status", p.GRADE_STATUSES),
        f.integer("Attempt_Number"),
        f.date("Attempt_Date"),
        f.textarea("Feedback"),
        f.text("Grader_Name"),
        f.text("IV_Name"),
        f.textarea("IV_Comment"),
        f.text("Moodle_Grade_Composite_Key", unique=True),
        f.boolean("Plagiarism_Suspected"),
        f.subform("Learning_Outcomes_Assessm"),
    ),
    subforms=(
        SubformSpec(
            "Learning_Outcomes_Assessm",
            (
                f.text("LO_Code", length=20),
                f.text("LO_Outcome_Identification"),
                f.text("LO_Title"),
                f.textarea("LO_Definition"),
                f.picklist("LO_Score", p.LO_SCORES),
                f.textarea("LO_Feedback"),
            ),
        ),
    ),
)

REQUESTS = ModuleSpec(
    api_name="BTEC_Student_Requests",
    singular="BTEC Student Request",
    plural="BTEC Student Requests",
    generated_type="custom",
    fields=(
        f.auto_number("REQ-", "Request Number"),
        f.lookup("Student", "BTEC_Students"),
        f.integer("Moodle_User_ID"),
        f.picklist("Request_Type", p.REQUEST_TYPES),
        f.picklist("Status", p.REQUEST_STATUSES),
        f.textarea("Reason"),
        f.currency("Fees_Amount"),
        f.date("Request_Date"),
        f.text("Handled_By"),
        f.textarea("Decision_Note"),
        f.subform("Change_Information"),
        f.subform("Requested_Classes"),
    ),
    subforms=(
        SubformSpec(
            "Change_Information",
            (
                f.picklist("Field_Name", p.CHANGEABLE_FIELDS),
                f.text("Current_Value"),
                f.text("New_Value"),
            ),
        ),
        SubformSpec(
            "Requested_Classes",
            (f.text("Moodle_Class_ID", length=20), f.text("Class_Title")),
        ),
    ),
)
