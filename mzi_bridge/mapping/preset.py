"""A loaded mapping: what each CRM module becomes, compiled and ready to project with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from mzi_bridge.mapping.rules import ColumnType
from mzi_bridge.mapping.values import FaultCode, Read, Record
from mzi_bridge.mapping.write_rules import WriteRule

READ_TIME = "read_time"
"""In a file, `modified_time = "read_time"`: the module's records carry no version of their own."""


class Column(Struct, frozen=True, eq=False):
    """One compiled rule. `paths` are its sources as written, for messages and checks."""

    name: str
    type: ColumnType
    paths: tuple[str, ...]
    required: bool
    read: Read
    beside: tuple[str, ...] = ()
    """Paths read only to judge the value by, as the currency beside an amount."""
    transforms: tuple[str, ...] = ()
    max_length: int | None = None
    values: frozenset[str] | None = None
    """The picklist values a map knows, when any other one is a fault."""
    subforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Subform fields whose rows it carries → the fields taken of each row."""

    @property
    def source(self) -> str:
        return ", ".join((*self.paths, *self.subforms))


RowFault: TypeAlias = Callable[[str, str, FaultCode, str], None]
"""Told of a child row that cannot be read: its label, source, code, message."""


class Child(Struct, frozen=True, eq=False):
    """A list of rows under a record.

    `rows` gives them raw, each with a label for messages, or ABSENT when none were fetched.

    `fields` are the parent's own fields it reads; `subforms` maps each subform it reads to the
    fields taken of its rows.
    """

    name: str
    key_column: str
    columns: tuple[Column, ...]
    rows: Callable[[Record, RowFault], Any]
    source: str
    fields: frozenset[str]
    subforms: Mapping[str, frozenset[str]]
    is_spread: bool


class PhotoSource(Struct, frozen=True):
    """Where a record's photo is.

    `attachment`: the newest attachment whose file name contains this text, in capitals or not;
    None: no attachment is a photo. `record_image`: the record image counts where no attachment
    is one.
    """

    attachment: str | None
    record_image: bool

    def names(self, file_name: str) -> bool:
        """Whether an attachment of this name is a photo."""
        return self.attachment is not None and self.attachment.casefold() in file_name.casefold()


class ModuleMapping(Struct, frozen=True, eq=False, dict=True):
    """A CRM module and the rows of one entity that its records become."""

    module: str
    entity: str
    key_column: str
    columns: tuple[Column, ...]
    children: tuple[Child, ...]
    modified_time_field: str | None
    closing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column → values that take something from a student, as they stand in the row. A change
    from another value to one of them is a closing change, for the brake to judge."""
    digest: str = ""
    """Of the module's table in the file: another one means that rows may come out otherwise."""
    photo: PhotoSource | None = None

    @cached_property
    def subforms(self) -> Mapping[str, frozenset[str]]:
        """Each subform field the mapping reads → the fields it takes of the rows."""
        found: dict[str, frozenset[str]] = {}
        read: list[tuple[str, Iterable[str]]] = []
        for child in self.children:
            read.extend(child.subforms.items())
        for column in self.columns:
            read.extend(column.subforms.items())
        for name, fields in read:
            found[name] = found.get(name, frozenset()) | frozenset(fields)
        return found

    @cached_property
    def needs_subform(self) -> bool:
        """True when records must be read one by one: lists and `ids=` reads carry no subform."""
        return bool(self.subforms)

    @cached_property
    def source_fields(self) -> frozenset[str]:
        """The record's top-level fields the mapping reads; `id` is no field and always comes."""
        names = {
            path.split(".")[0]
            for column in self.columns
            for path in (*column.paths, *column.beside)
        }
        names.update(*(child.fields for child in self.children), self.subforms)
        if self.modified_time_field is not None:
            names.add(self.modified_time_field)
        return frozenset(names - {"id"})

    @cached_property
    def child_keys(self) -> Mapping[str, str]:
        """Child list → the key column of its rows."""
        return {child.name: child.key_column for child in self.children}


class Preset(Struct, frozen=True, eq=False, dict=True):
    """A mapping file: `modules` by CRM API name, in the order of the file; `writes`, what goes
    the other way, by kind."""

    name: str
    description: str
    modules: Mapping[str, ModuleMapping]
    deny: Sequence[str]
    writes: Mapping[str, WriteRule] = field(default_factory=dict)

    @cached_property
    def _by_entity(self) -> Mapping[str, ModuleMapping]:
        return {mapping.entity: mapping for mapping in self.modules.values()}

    def without_photos(self) -> Preset:
        """The same mapping with no source of photos."""
        modules = {name: replace(mapping, photo=None) for name, mapping in self.modules.items()}
        return replace(self, modules=modules)

    def module_for(self, entity: str) -> ModuleMapping | None:
        """The mapping that fills a plugin entity, or None."""
        return self._by_entity.get(entity)
