"""The whole school from a seed, as the records of its CRM modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from mzi_bridge.errors import OperatorError
from mzi_bridge.sandbox.sample.catalogue import Catalogue, build_catalogue
from mzi_bridge.sandbox.sample.finance import payments, registrations
from mzi_bridge.sandbox.sample.guide import guide_record
from mzi_bridge.sandbox.sample.identity import Record
from mzi_bridge.sandbox.sample.people import contact, lead, student
from mzi_bridge.sandbox.sample.requests import requests
from mzi_bridge.sandbox.sample.schemas import schema
from mzi_bridge.sandbox.sample.teaching import chosen_classes, enrollments, grades

Named = tuple[str, Record]


def generate(schema_name: str, students: int, seed: int) -> dict[str, list[Record]]:
    """All records by module; a module without any has an empty list.

    The same arguments always give the same school. Records carry every layout field,
    subforms included, as a get-by-id shows them; ids are strings of 19 digits.
    Raises OperatorError for an unknown schema or a number of students below zero.
    """
    modules: dict[str, list[Record]] = {name: [] for name in schema(schema_name).modules}
    for module, record in stream(schema_name, students, seed):
        modules[module].append(record)
    return modules


def stream(schema_name: str, students: int, seed: int) -> Iterator[Named]:
    """The same records one by one, parents before their children; raises as `generate`."""
    schema(schema_name)
    if students < 0:
        raise OperatorError(
            f"A school cannot have {students} students.",
            reason="negative_students",
            fix="Give 0 or more.",
        )
    return _renamed(_school(students, seed), schema_name)


def _renamed(named: Iterator[Named], schema_name: str) -> Iterator[Named]:
    if schema_name == "btec":
        return named
    return ((module, guide_record(module, record)) for module, record in named)


def _school(students: int, seed: int) -> Iterator[Named]:
    catalogue = build_catalogue(students, seed)
    for module, records in (
        ("Products", catalogue.programs),
        ("BTEC", catalogue.units),
        ("BTEC_Teachers", catalogue.teachers),
        ("BTEC_Classes", catalogue.classes),
    ):
        for record in records:
            yield module, record
    for n in range(students):
        yield from _student(n, Random(seed * 1_000_003 + n), catalogue)  # noqa: S311
    yield from _strangers(max(20, students // 10), seed)


def _student(n: int, rng: Random, catalogue: Catalogue) -> Iterator[Named]:
    person = student(n, rng, catalogue)
    yield "BTEC_Students", person
    registered = registrations(n, rng, person, catalogue)
    classes = chosen_classes(n, rng, person, catalogue)
    for module, records in (
        ("BTEC_Registrations", registered),
        ("BTEC_Payments", payments(n, rng, registered)),
        ("BTEC_Enrollments", enrollments(n, rng, person, classes)),
        ("BTEC_Grades", grades(n, rng, person, classes)),
        ("BTEC_Student_Requests", requests(n, rng, person, classes)),
    ):
        for record in records:
            yield module, record


def _strangers(count: int, seed: int) -> Iterator[Named]:
    makers: tuple[tuple[str, Callable[[int, Random], Record]], ...] = (
        ("Leads", lead),
        ("Contacts", contact),
    )
    for module, make in makers:
        rng = Random(f"{seed}:{module}")  # noqa: S311
        for n in range(count):
            yield module, make(n, rng)
