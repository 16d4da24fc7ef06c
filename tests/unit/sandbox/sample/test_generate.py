"""The sample school is coherent, varied, the same for the same seed, and about nobody."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.sandbox.sample import SCHEMA_NAMES, generate, schema, stream
from mzi_bridge.sandbox.sample.calendar import REFERENCE

STUDENTS = 400
School = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module", params=SCHEMA_NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def school(name: str) -> School:
    return generate(name, STUDENTS, seed=7)


@pytest.fixture(scope="module")
def btec() -> School:
    return generate("btec", STUDENTS, seed=7)


def rows_of(school: School, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record and subform row with the name of its module."""
    for module, records in school.items():
        subforms = [field.api_name for field, _ in schema(name).modules[module].subform_fields]
        for record in records:
            yield module, record
            for subform in subforms:
                yield from ((module, row) for row in record[subform])


def test_the_same_seed_gives_the_same_school_and_another_another(name: str) -> None:
    assert generate(name, 20, seed=1) == generate(name, 20, seed=1)
    assert generate(name, 20, seed=1) != generate(name, 20, seed=2)


def test_a_stream_is_the_same_school_parents_first() -> None:
    seen: set[str] = set()
    for module, record in stream("btec", 30, seed=3):
        for field in schema("btec").modules[module].fields:
            value = record[field.api_name]
            if field.lookup and value:
                assert value["id"] in seen, (module, field.api_name)
        seen.add(record["id"])


def test_every_record_has_every_field_of_its_layout(school: School, name: str) -> None:
    system = {"id", "Owner", "Created_By", "Modified_By", "Created_Time", "Modified_Time"}
    for module, records in school.items():
        spec = schema(name).modules[module]
        own = system if spec.has_modified_time else system - {"Modified_By", "Modified_Time"}
        for record in records:
            assert set(record) == set(spec.by_name) | own


def test_every_subform_row_has_every_field_and_names_its_parent(school: School, name: str) -> None:
    for module, records in school.items():
        for field, form in schema(name).modules[module].subform_fields:
            for record in records:
                for row in record[field.api_name]:
                    assert set(form.by_name) <= set(row)
                    assert row["Parent_Id"]["id"] == record["id"]


def test_ids_are_strings_of_nineteen_digits_and_never_repeat(school: School, name: str) -> None:
    ids = [row["id"] for _, row in rows_of(school, name)]
    assert all(re.fullmatch(r"\d{19}", record_id) for record_id in ids)
    assert len(set(ids)) == len(ids)


def test_values_have_the_json_of_their_field_type(school: School, name: str) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "integer": (int,),
        "double": (int, float),
        "percent": (int, float),
        "currency": (int, float),
        "boolean": (bool,),
        "lookup": (dict,),
        "multiselectpicklist": (list,),
        "subform": (list,),
    }
    for module, records in school.items():
        for field in schema(name).modules[module].fields:
            expected = kinds.get(field.data_type, (str,))
            for record in records:
                value = record[field.api_name]
                assert value is None or type(value) in expected, (module, field.api_name, value)
                if isinstance(value, float):
                    assert not value.is_integer(), "an integral amount carries no .0"
                if isinstance(value, str) and field.length:
                    assert len(value) <= field.length, (module, field.api_name)


def test_every_value_of_every_picklist_occurs(btec: School) -> None:
    for module, records in btec.items():
        spec = schema("btec").modules[module]
        rows = [(field, record) for field in spec.fields for record in records]
        for subform, form in spec.subform_fields:
            rows += [
                (field, row)
                for field in form.fields
                for record in records
                for row in record[subform.api_name]
            ]
        seen: dict[str, set[str]] = {}
        for field, record in rows:
            if field.data_type == "picklist":
                values = seen.setdefault(field.api_name, set(field.picklist))
                values.discard(record[field.api_name])
                assert record[field.api_name] in {None, *field.picklist}
        assert not any(seen.values()), (module, seen)


def test_a_student_has_about_what_a_student_has(btec: School) -> None:
    def per_student(module: str, field: str) -> Counter[str]:
        counted = Counter(record[field]["id"] for record in btec[module])
        return Counter({s["id"]: counted[s["id"]] for s in btec["BTEC_Students"]})

    bounds = {
        ("BTEC_Registrations", "Student_ID"): (1, 2),
        ("BTEC_Payments", "Student_ID"): (3, 8),
        ("BTEC_Enrollments", "Enrolled_Students"): (5, 10),
        ("BTEC_Grades", "Student"): (5, 12),
        ("BTEC_Student_Requests", "Student"): (0, 2),
    }
    for (module, field), (least, most) in bounds.items():
        counts = set(per_student(module, field).values())
        assert least <= min(counts) <= max(counts) <= most, module
    installments: Counter[str] = Counter()
    for registration in btec["BTEC_Registrations"]:
        installments[registration["Student_ID"]["id"]] += len(registration["Payment_Schedule"])
    assert 4 <= min(installments.values()) <= max(installments.values()) <= 12


def amount_of(text: str) -> Decimal:
    digits = text.strip("$ TL")
    if text.endswith("TL"):
        digits = digits.replace(".", "").replace(",", ".")
    return Decimal(digits.replace(",", ""))


def test_a_schedule_sums_to_the_fees_and_its_unpaid_part_to_the_remainder(btec: School) -> None:
    for registration in btec["BTEC_Registrations"]:
        rows = registration["Payment_Schedule"]
        amounts = [Decimal(str(row["Installment_Amount"])) for row in rows]
        if registration["Program_Price"] != "waived":
            assert sum(amounts) == amount_of(registration["Program_Price"])
        unpaid = sum(
            amount
            for row, amount in zip(rows, amounts, strict=True)
            if row["Installment_Status"] != "Paid"
        )
        assert unpaid == amount_of(registration["Remaining_Amount"])
        for row in rows:
            assert (row["Paid_Date"] is None) == (row["Installment_Status"] != "Paid")


def test_a_paid_instalment_has_its_payment(btec: School) -> None:
    paid = {
        (registration["id"], row["Installment_No"], row["Installment_Amount"])
        for registration in btec["BTEC_Registrations"]
        for row in registration["Payment_Schedule"]
        if row["Installment_Status"] == "Paid"
    }
    made = {
        (payment["Registration_ID"]["id"], payment["Installment_No"], payment["Payment_Amount"])
        for payment in btec["BTEC_Payments"]
        if payment["Payment_Type"] == "Installment"
    }
    assert made <= paid
    assert len(paid - made) <= len(paid) // 100


def test_grades_are_only_given_in_classes_that_the_student_is_enrolled_in(btec: School) -> None:
    enrolled = {
        (enrollment["Enrolled_Students"]["id"], enrollment["Classes"]["id"])
        for enrollment in btec["BTEC_Enrollments"]
    }
    graded = Counter(
        (grade["Student"]["id"], grade["Class"]["id"]) for grade in btec["BTEC_Grades"]
    )
    assert set(graded) <= enrolled
    assert max(graded.values()) == 2, "a second attempt stands beside the first"


def test_attempts_are_numbered_and_their_keys_never_repeat(btec: School) -> None:
    grades = btec["BTEC_Grades"]
    attempts = Counter((g["Student"]["id"], g["Class"]["id"], g["Attempt_Number"]) for g in grades)
    assert set(attempts.values()) == {1}
    keys = [g["Moodle_Grade_Composite_Key"] for g in grades if g["Moodle_Grade_Composite_Key"]]
    assert len(set(keys)) == len(keys) > 0


def test_money_comes_in_every_dress(btec: School) -> None:
    texts = [registration["Program_Price"] for registration in btec["BTEC_Registrations"]]
    forms = {re.sub(r"\d", "9", text) for text in texts}
    assert {"$9,999.99", "9.999,99 TL", "9,999.99", "waived"} <= forms
    assert texts.count("waived") < len(texts) / 100
    kinds = {type(payment["Payment_Amount"]) for payment in btec["BTEC_Payments"]}
    assert kinds == {int, float}


def test_text_comes_in_every_script(school: School) -> None:
    text = json.dumps(school, ensure_ascii=False)
    for sample in ("ليلى", "Ayşe", "👏🏽", "\u200f", "e\u0301"):
        assert sample in text
    assert max(len(s) for s in re.findall(r'"Feedback": "([^"]*)"', text)) > 2000


def test_no_address_and_no_number_can_be_anybodys(school: School) -> None:
    text = json.dumps(school, ensure_ascii=False)
    hosts = set(re.findall(r"[\w.]+@([\w.]+)", text)) | set(re.findall(r"https?://([\w.]+)", text))
    reserved = re.compile(r"(.*\.)?(example\.(com|edu|org)|thread\.example)")
    assert all(reserved.fullmatch(host) for host in hosts), hosts
    phones = re.findall(r'"\+[^"]*"', text)
    assert phones
    assert all(re.fullmatch(r'"\+1 \d{3}-555-01\d\d"', phone) for phone in phones)


def test_nothing_was_modified_after_the_day_the_school_stands_still(school: School) -> None:
    end = f"{REFERENCE.isoformat()}T"
    for records in school.values():
        for record in records:
            created, modified = record["Created_Time"], record.get("Modified_Time")
            assert created < end
            assert modified is None or created <= modified < end


def test_a_school_without_students_still_teaches() -> None:
    empty = generate("btec", 0, seed=1)
    assert not empty["BTEC_Students"]
    assert (len(empty["Products"]), len(empty["BTEC"])) == (12, 80)


def test_classes_and_teachers_grow_with_the_school(btec: School) -> None:
    large = generate("btec", 1500, seed=1)
    assert (len(large["BTEC_Classes"]), len(large["BTEC_Teachers"])) == (100, 37)


def test_fewer_than_no_students_are_refused() -> None:
    with pytest.raises(OperatorError) as caught:
        generate("btec", -1, seed=1)
    assert caught.value.reason == "negative_students"
