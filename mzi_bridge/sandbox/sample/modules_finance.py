"""What is owed and paid: registrations with their schedule, and payments."""

from __future__ import annotations

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.schema import ModuleSpec, SubformSpec

REGISTRATIONS = ModuleSpec(
    api_name="BTEC_Registrations",
    singular="BTEC Registration",
    plural="BTEC Registrations",
    generated_type="custom",
    fields=(
        f.auto_number("REG-", "Registration Number"),
        f.lookup("Student_ID", "BTEC_Students"),
        f.lookup("Program", "Products"),
        f.picklist("Registration_Status", p.REGISTRATION_STATUSES),
        f.date("Registration_Date"),
        f.text("Program_Price", length=60),
        f.text("Remaining_Amount", length=60),
        f.picklist("Currency", p.CURRENCIES),
        f.percent("Discount_Percentage"),
        f.text("Discount_Reason"),
        f.picklist("Study_Mode", p.STUDY_MODES),
        f.picklist("Study_Language", p.LANGUAGES),
        f.picklist("Intake", p.INTAKES),
        f.boolean("Contract_Signed"),
        f.textarea("Finance_Note"),
        f.subform("Payment_Schedule"),
    ),
    subforms=(
        SubformSpec(
            "Payment_Schedule",
            (
                f.integer("Installment_No"),
                f.date("Due_Date"),
                f.currency("Installment_Amount"),
                f.picklist("Installment_Status", p.INSTALLMENT_STATUSES),
                f.date("Paid_Date"),
                f.text("Reminder_Note"),
            ),
        ),
    ),
)

PAYMENTS = ModuleSpec(
    api_name="BTEC_Payments",
    singular="BTEC Payment",
    plural="BTEC Payments",
    generated_type="custom",
    fields=(
        f.auto_number("PAY-", "Payment Number"),
        f.lookup("Student_ID", "BTEC_Students"),
        f.lookup("Registration_ID", "BTEC_Registrations"),
        f.currency("Payment_Amount"),
        f.picklist("Currency", p.CURRENCIES),
        f.date("Payment_Date"),
        f.picklist("Payment_Method", p.PAYMENT_METHODS),
        f.picklist("Payment_Type", p.PAYMENT_TYPES),
        f.integer("Installment_No"),
        f.text("SRM_Voucher_Number", length=60),
        f.picklist("SRM_Decline_Reason", p.DECLINE_REASONS),
        f.boolean("Exported_To_Accounting"),
        f.textarea("Note"),
    ),
)
