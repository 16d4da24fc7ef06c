"""A student's registrations with their payment schedule, and the payments that settle it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.sample.calendar import day
from mzi_bridge.sandbox.sample.catalogue import Catalogue
from mzi_bridge.sandbox.sample.identity import (
    PER_STUDENT,
    Kind,
    Record,
    link,
    record_id,
    stamp,
    subform_row,
)
from mzi_bridge.sandbox.sample.money import WAIVED, as_text, number, split

_MONTH = 30


def registrations(n: int, rng: Random, student: Record, catalogue: Catalogue) -> list[Record]:
    """One or two, 4 to 12 instalments in all; each schedule sums to its registration's fees."""
    count = 2 if n % 3 == 0 else 1
    return [_registration(n, k, count, rng, student, catalogue) for k in range(count)]


def _registration(
    n: int, k: int, count: int, rng: Random, student: Record, catalogue: Catalogue
) -> Record:
    program = catalogue.programs[(n + k) % len(catalogue.programs)]
    currency = p.CURRENCIES[(n + k) % len(p.CURRENCIES)]
    discount = rng.choice((None, 0, 5, 10, 12.5))
    price = round(program["Program_Price"] * 100)
    fees = price - round(price * (discount or 0) / 100)
    parts = rng.randrange(4, 7) if count == 2 else rng.randrange(4, 9)
    paid = rng.randrange(1, parts + 1) // count + (1 if count == 2 else 0)
    joined = -rng.randrange(40, 300)
    amounts = split(fees, parts)
    text = as_text(fees, currency, rng)
    record: Record = {
        "id": record_id(Kind.REGISTRATION, n * PER_STUDENT + k),
        "Name": f"REG-{n * 2 + k + 1:07d}",
        "Student_ID": link(student, "Display_Name"),
        "Program": link(program, "Product_Name"),
        "Registration_Status": p.REGISTRATION_STATUSES[(n + k) % len(p.REGISTRATION_STATUSES)],
        "Registration_Date": day(joined),
        "Program_Price": WAIVED if n % 211 == 105 else text,
        "Remaining_Amount": as_text(sum(amounts[paid:]), currency, rng),
        "Currency": currency,
        "Discount_Percentage": discount,
        "Discount_Reason": "Early payment" if discount else None,
        "Study_Mode": student["Study_Mode"],
        "Study_Language": student["Study_Language"],
        "Intake": p.INTAKES[(n + k) % len(p.INTAKES)],
        "Contract_Signed": n % 8 != 0,
        "Finance_Note": None,
    }
    stamp(record, rng, joined)
    record["Payment_Schedule"] = [
        _installment(n, k, i, amounts[i], joined, i < paid, record) for i in range(parts)
    ]
    return record


def _installment(
    n: int, k: int, i: int, cents: int, joined: int, paid: bool, registration: Record
) -> Record:
    due = joined + _MONTH * (i + 1)
    row: Record = {
        "Installment_No": i + 1,
        "Due_Date": day(due),
        "Installment_Amount": number(cents),
        "Installment_Status": "Paid" if paid else "Overdue" if due < 0 else "Pending",
        "Paid_Date": day(min(due - 3, -1)) if paid else None,
        "Reminder_Note": None,
    }
    return subform_row(row, Kind.INSTALLMENT, n * PER_STUDENT + k * 50 + i, registration)


def payments(n: int, rng: Random, registered: list[Record]) -> list[Record]:
    """3 to 8: one for each paid instalment, and fees beside the schedule to make up three."""
    found = [
        _payment(n, k, rng, registration, row)
        for k, (registration, row) in enumerate(_paid(registered))
    ][:8]
    while len(found) < 3:
        found.append(_payment(n, len(found), rng, registered[0], None))
    return found


def _paid(registered: list[Record]) -> Iterator[tuple[Record, Record]]:
    for registration in registered:
        for row in registration["Payment_Schedule"]:
            if row["Installment_Status"] == "Paid":
                yield registration, row


def _payment(n: int, k: int, rng: Random, registration: Record, row: Record | None) -> Record:
    serial = n * 10 + k
    other = p.PAYMENT_TYPES[1 + serial % (len(p.PAYMENT_TYPES) - 1)]
    declined = row is None and n % 5 == 0
    record: Record = {
        "id": record_id(Kind.PAYMENT, n * PER_STUDENT + k),
        "Name": f"PAY-{serial + 1:07d}",
        "Student_ID": registration["Student_ID"],
        "Registration_ID": {"name": registration["Name"], "id": registration["id"]},
        "Payment_Amount": row["Installment_Amount"] if row else number(2500 + serial % 4 * 1250),
        "Currency": registration["Currency"],
        "Payment_Date": row["Paid_Date"] if row else registration["Registration_Date"],
        "Payment_Method": p.PAYMENT_METHODS[serial % len(p.PAYMENT_METHODS)],
        "Payment_Type": "Installment" if row else other,
        "Installment_No": row["Installment_No"] if row else None,
        "SRM_Voucher_Number": None if serial % 6 == 5 else f"V{serial + 1:08d}",
        "SRM_Decline_Reason": p.DECLINE_REASONS[(n // 10 + k) % len(p.DECLINE_REASONS)]
        if declined
        else None,
        "Exported_To_Accounting": n % 2 == 0,
        "Note": "دفعة نقدية عند الاستقبال" if serial % 31 == 30 else None,
    }
    return stamp(record, rng, -rng.randrange(2, 40))
