"""The emulator is built from an export of the plugin: it must be the plugin as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mzi_bridge.sandbox.moodle.tables import META
from tests.support.contract import CONTRACT, CONTRACT_FILE, ENTITIES

PLUGIN = Path(__file__).parents[3] / "moodle_plugin"
KEY_TYPES = {"foreign-unique": "unique"}
"""What the database makes of a key, where that is another thing: it checks no reference."""


def tables_of_install_xml() -> dict[str, Any]:
    root = ElementTree.parse(PLUGIN / "db" / "install.xml").getroot()  # noqa: S314 - our own file
    return {table.attrib["NAME"]: _table(table) for table in root.iter("TABLE")}


def _table(table: ElementTree.Element) -> dict[str, Any]:
    return {
        "fields": {field.attrib["NAME"]: _field(field.attrib) for field in table.iter("FIELD")},
        "keys": {
            key.attrib["NAME"]: {
                "type": KEY_TYPES.get(key.attrib["TYPE"], key.attrib["TYPE"]),
                "fields": re.split(r",\s*", key.attrib["FIELDS"]),
            }
            for key in table.iter("KEY")
        },
        "indexes": {
            index.attrib["NAME"]: {
                "unique": index.attrib["UNIQUE"] == "true",
                "fields": re.split(r",\s*", index.attrib["FIELDS"]),
            }
            for index in table.iter("INDEX")
        },
    }


def _field(attributes: dict[str, str]) -> dict[str, Any]:
    default = attributes.get("DEFAULT")
    numeric = default is not None and re.fullmatch(r"-?\d+", default)
    return {
        "type": attributes["TYPE"],
        "length": int(attributes["LENGTH"]) if "LENGTH" in attributes else None,
        "decimals": int(attributes["DECIMALS"]) if "DECIMALS" in attributes else None,
        "notnull": attributes["NOTNULL"] == "true",
        "sequence": attributes["SEQUENCE"] == "true",
        "default": int(default) if numeric and default is not None else default,
    }


def test_its_tables_are_those_of_install_xml() -> None:
    assert CONTRACT["tables"] == tables_of_install_xml()


def test_its_functions_are_those_of_services_php() -> None:
    services = (PLUGIN / "db" / "services.php").read_text(encoding="utf-8")
    # What comes behind is for the pages alone, not for the bridge.
    of_bridge, _, _ = services.partition("$bridge = ")
    written = r"^(?:    '(local_mzi_\w+)' => |\$functions\['(local_mzi_\w+)'\] = )\["
    declared = {one or other for one, other in re.findall(written, of_bridge, re.MULTILINE)}
    registry = (PLUGIN / "classes" / "entity" / "registry.php").read_text(encoding="utf-8")
    names = re.findall(r"'(\w+)' => \w+::class", registry)
    assert "local_mzi_upsert_$entity" in services
    assert set(CONTRACT["functions"]) == declared | {f"local_mzi_upsert_{name}" for name in names}
    assert set(ENTITIES) == set(names)


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_every_column_stands_in_the_table(entity: str) -> None:
    spec = ENTITIES[entity]
    fields = CONTRACT["tables"][spec["table"]]["fields"]
    assert {spec["key"], *spec["columns"], *META} <= set(fields)
    for child in spec["children"].values():
        child_fields = CONTRACT["tables"][child["table"]]["fields"]
        assert {child["key"], child["parent"], "sortorder", *child["columns"]} <= set(child_fields)


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_every_column_has_room_for_what_the_contract_lets_in(entity: str) -> None:
    spec = ENTITIES[entity]
    for owner in (spec, *spec["children"].values()):
        fields = CONTRACT["tables"][owner["table"]]["fields"]
        for name, column in owner["columns"].items():
            assert _holds(fields[name], column), f"{owner['table']}.{name}"


def _holds(field: dict[str, Any], column: dict[str, Any]) -> bool:
    """XMLDB's char is bounded, its text is not; number(12,2) holds ten digits and two decimals."""
    match column["type"]:
        case "text" if field["type"] == "char":
            return 0 < int(column["length"]) <= int(field["length"])
        case "text" | "json":
            return bool(field["type"] == "text")
        case "date":
            return (field["type"], field["length"]) == ("char", 10)
        case "money":
            return (field["type"], field["length"], field["decimals"]) == ("number", 12, 2)
        case "bool":
            return bool(field["type"] == "int")
        case _:
            return (field["type"], field["length"]) == ("int", 10)


def test_it_ends_with_a_newline_and_has_its_keys_in_order() -> None:
    text = CONTRACT_FILE.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert list(CONTRACT) == sorted(CONTRACT)
    assert list(ENTITIES) == sorted(ENTITIES)
