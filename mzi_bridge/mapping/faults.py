"""Faults of a mapping file: all of them, each with its place, in one error."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from mzi_bridge.errors import OperatorError


class MappingFault(Struct, frozen=True, order=True):
    """`key` is the dotted path inside `file`; "" when the file as a whole is at fault."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.message) if part)


class MappingErrors(OperatorError):
    """A mapping file that cannot be used; `faults` lists everything wrong with it."""

    def __init__(self, faults: Iterable[MappingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "\n".join(str(fault) for fault in self.faults),
            reason="mapping_invalid",
            fix="Mend the mapping file; `mzi mappings check` reads it again.",
        )


class FaultList:
    """Collects the faults of one file while it is read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._faults: list[MappingFault] = []

    def add(self, key: str, message: str) -> None:
        self._faults.append(MappingFault(self._file, key, message))

    def __len__(self) -> int:
        return len(self._faults)

    def error(self) -> MappingErrors:
        return MappingErrors(self._faults)

    def raise_if_any(self) -> None:
        if self._faults:
            raise self.error()
