"""What is taught: programmes and their units with the grading criteria."""

from __future__ import annotations

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.schema import FieldSpec, ModuleSpec, SubformSpec

PROGRAMS = ModuleSpec(
    api_name="Products",
    singular="Program",
    plural="Programs",
    generated_type="default",
    name_field="Product_Name",
    fields=(
        f.text("Product_Name", "Program Name", mandatory=True),
        f.text("Program_ID", length=60),
        f.text("Product_Code", length=60),
        f.picklist("Product_Sub_Category", p.AWARDS, "Award"),
        f.picklist("Program_Type", p.PROGRAM_TYPES),
        f.picklist("Program_Major", p.MAJORS),
        f.picklist("Program_Sub_Major", p.SUB_MAJORS),
        f.currency("Program_Price"),
        f.currency("Unit_Price"),
        f.boolean("Product_Active"),
        f.text("MoodleID", "Moodle Category ID", length=20),
        f.textarea("Description"),
    ),
)

FORM_CRITERIA = (
    *(f"P{n}" for n in range(1, 11)),
    *(f"M{n}" for n in range(1, 10)),
    *(f"D{n}" for n in range(1, 7)),
)
ROW_CRITERIA = tuple(f"P{n}" for n in range(11, 21))


def _criteria(codes: tuple[str, ...]) -> tuple[FieldSpec, ...]:
    return tuple(f.textarea(f"{code}_description", f"{code} description") for code in codes)


UNITS = ModuleSpec(
    api_name="BTEC",
    singular="BTEC Unit",
    plural="BTEC Units",
    generated_type="custom",
    fields=(
        f.text("Name", "Unit Name", mandatory=True),
        f.text("Unit_Code", length=60),
        f.text("Unit_Number", length=20),
        f.integer("Unit_Credit"),
        f.picklist("Unit_Level", p.UNIT_LEVELS),
        f.picklist("Unit_Major", p.MAJORS),
        f.integer("Guided_Learning_Hours"),
        f.boolean("Is_Core"),
        f.lookup("Program", "Products"),
        *_criteria(FORM_CRITERIA),
        f.subform("BTEC_Grading_Template_P1"),
    ),
    subforms=(SubformSpec("BTEC_Grading_Template_P1", _criteria(ROW_CRITERIA)),),
)
