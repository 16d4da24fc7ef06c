"""Leads and Contacts with their usual fields: every organisation has them."""

from __future__ import annotations

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.schema import ModuleSpec

LEADS = ModuleSpec(
    api_name="Leads",
    singular="Lead",
    plural="Leads",
    generated_type="default",
    name_field="Full_Name",
    fields=(
        f.picklist("Salutation", p.SALUTATIONS),
        f.text("First_Name", length=40),
        f.text("Last_Name", length=80, mandatory=True),
        f.text("Full_Name", length=120),
        f.text("Company", length=200, mandatory=True),
        f.text("Designation", "Title", length=100),
        f.email("Email"),
        f.email("Secondary_Email"),
        f.phone("Phone"),
        f.phone("Mobile"),
        f.website("Website"),
        f.picklist("Lead_Source", p.LEAD_SOURCES),
        f.picklist("Lead_Status", p.LEAD_STATUSES),
        f.integer("No_of_Employees"),
        f.currency("Annual_Revenue"),
        f.boolean("Email_Opt_Out"),
        f.text("Street", length=250),
        f.text("City", length=100),
        f.text("State", length=100),
        f.text("Zip_Code", length=30),
        f.text("Country", length=100),
        f.textarea("Description"),
    ),
)

CONTACTS = ModuleSpec(
    api_name="Contacts",
    singular="Contact",
    plural="Contacts",
    generated_type="default",
    name_field="Full_Name",
    fields=(
        f.picklist("Salutation", p.SALUTATIONS),
        f.text("First_Name", length=40),
        f.text("Last_Name", length=80, mandatory=True),
        f.text("Full_Name", length=120),
        f.text("Title", length=100),
        f.text("Department", length=50),
        f.email("Email"),
        f.email("Secondary_Email"),
        f.phone("Phone"),
        f.phone("Mobile"),
        f.date("Date_of_Birth"),
        f.picklist("Lead_Source", p.LEAD_SOURCES),
        f.lookup("Reporting_To", "Contacts"),
        f.boolean("Email_Opt_Out"),
        f.text("Mailing_Street", length=250),
        f.text("Mailing_City", length=100),
        f.text("Mailing_State", length=100),
        f.text("Mailing_Zip", length=30),
        f.text("Mailing_Country", length=100),
        f.textarea("Description"),
    ),
)
