"""What many processes did, kept outside of the journal that is tested: one shared file.

For each record: the newest version written, the newest version worked on, and a byte that only
one process can have locked at a time, by the kernel's word.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORD = 8


class Ledger:
    """`records` records; `flags` further bytes, for whoever has finished."""

    def __init__(self, file: Path, records: int, flags: int) -> None:
        size = 2 * WORD * records + records + flags
        self._locks_at = 2 * WORD * records
        self._flags_at = self._locks_at + records
        self._flags = flags
        self._records = records
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(self._file).st_size < size:
            os.truncate(self._file, size)
        self._memory = mmap.mmap(self._file, size)
        self._in_hand: set[int] = set()

    def write(self, record: int) -> None:
        """A new version of a record that only one task ever writes."""
        self._put(record, 0, self.written(record) + 1)

    def written(self, record: int) -> int:
        return self._get(record, 0)

    def worked(self, record: int) -> int:
        return self._get(record, 1)

    def work(self, record: int, version: int) -> None:
        self._put(record, 1, version)

    @contextmanager
    def in_hand(self, records: list[int]) -> Iterator[None]:
        """Raises AssertionError if one of them is in another hand, here or in any process."""
        assert not self._in_hand.intersection(records), "two tasks have one record"
        self._in_hand.update(records)
        for record in records:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._locks_at + record)
            except BlockingIOError:
                raise AssertionError(f"two processes have record {record}") from None
        try:
            yield
        finally:
            for record in records:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._locks_at + record)
            self._in_hand.difference_update(records)

    def finish(self, flag: int) -> None:
        self._memory[self._flags_at + flag] = 1

    @property
    def all_finished(self) -> bool:
        return all(self._memory[self._flags_at : self._flags_at + self._flags])

    def unworked(self) -> list[int]:
        """Records of which the newest version was never worked on."""
        return [r for r in range(self._records) if self.worked(r) != self.written(r)]

    def _get(self, record: int, column: int) -> int:
        (value,) = struct.unpack_from("q", self._memory, WORD * (2 * record + column))
        return int(value)

    def _put(self, record: int, column: int, value: int) -> None:
        struct.pack_into("q", self._memory, WORD * (2 * record + column), value)
