"""The CRM itself, without HTTP: modules, records, the recycle bin and what has changed.

Nothing here waits or runs in threads; the hour is the clock's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta, timezone
from typing import Any, Final

from mzi_bridge.clock import Clock
from mzi_bridge.sandbox.schema import CrmSchema, FieldSpec, ModuleSpec, SubformSpec
from mzi_bridge.sandbox.zoho.drafts import Draft, DraftReader, RowDraft
from mzi_bridge.sandbox.zoho.index import ModuleIndex
from mzi_bridge.sandbox.zoho.layout import Layout, blank, full_name
from mzi_bridge.sandbox.zoho.record import Change, CrmUser, Deleted, Organisation, Record, Row
from mzi_bridge.sandbox.zoho.recycle_bin import RecycleBin
from mzi_bridge.sandbox.zoho.refusals import invalid_id, unknown_module

FIRST_ID: Final = 7_300_000_000_001_000_001


class Crm:
    """All state of one organisation. Unknown modules and ids raise Refusal.

    `history` lists every change since the start, in order; whoever publishes changes
    remembers how far it has read.
    """

    def __init__(
        self, schema: CrmSchema, clock: Clock, organisation: Organisation | None = None
    ) -> None:
        self.schema = schema
        self.clock = clock
        self.organisation = organisation or Organisation()
        self.zone = timezone(timedelta(minutes=self.organisation.utc_offset))
        self.keeps_rows = False
        self._users = {user.id: user for user in self.organisation.users}
        self.started = int(clock.now())
        self.history: list[Change] = []
        self._next_id = FIRST_ID
        self._records: dict[str, dict[str, Record]] = {name: {} for name in schema.modules}
        self._indexes = {name: ModuleIndex(kept) for name, kept in self._records.items()}
        self.layouts = {name: Layout(module) for name, module in schema.modules.items()}
        self._bins = {name: RecycleBin() for name in schema.modules}
        self._numbers: dict[tuple[str, str], str] = {}
        self._subforms = {
            form.api_name: (module, field, form)
            for module in reversed(tuple(schema.modules.values()))
            for field, form in reversed(module.subform_fields)
        }

    # Reading

    def now(self) -> int:
        return int(self.clock.now())

    def module(self, name: str) -> ModuleSpec:
        """Raises Refusal INVALID_MODULE."""
        if name not in self.schema.modules:
            raise unknown_module()
        return self.schema.modules[name]

    def records(self, module: str) -> Mapping[str, Record]:
        """All live records by id."""
        return self._records[self.module(module).api_name]

    def get(self, module: str, record_id: str) -> Record | None:
        return self.records(module).get(record_id)

    def index(self, module: str) -> ModuleIndex:
        return self._indexes[self.module(module).api_name]

    def bin(self, module: str) -> RecycleBin:
        return self._bins[self.module(module).api_name]

    def subform(self, name: str) -> tuple[ModuleSpec, FieldSpec, SubformSpec] | None:
        """The module, field and form behind a subform's API name."""
        return self._subforms.get(name)

    def user(self, user_id: str) -> CrmUser | None:
        return self._users.get(user_id)

    def users(self) -> tuple[CrmUser, ...]:
        return tuple(self._users.values())

    def adopt(self, user_id: str, name: str, email: str) -> CrmUser:
        """Take a user that seeded records name into the organisation."""
        first, _, last = name.partition(" ")
        self._users[user_id] = CrmUser(user_id, first, last, email)
        return self._users[user_id]

    @property
    def caller(self) -> CrmUser:
        """The user in whose name the API and the UI act."""
        return self.organisation.users[0]

    def exists(self, module: str, record_id: str) -> bool:
        return record_id in self._records[module]

    def holder(self, module: str, field: str, value: Any) -> str | None:
        return next(iter(self._indexes[module].with_value(field, value)), None)

    def display_name(self, module: str, record_id: str) -> str | None:
        """What a lookup to the record shows; None where it is gone."""
        record = self._records[module].get(record_id)
        return None if record is None else self.name_of(record)

    def name_of(self, record: Record) -> str:
        value = record.values.get(self.schema.modules[record.module].display_field)
        return "" if value is None else str(value)

    def new_id(self) -> str:
        """The next of the ids that records, rows, files and channels share."""
        self._next_id += 1
        return str(self._next_id - 1)

    # Changing

    def insert(self, module: str, values: Mapping[str, Any], *, trusted: bool = True) -> str:
        """Add a record, return its id.

        `values` is as an API record, lookups as `{"id": …}` or the bare id. A trusted caller may
        also give `id`, `Created_Time`, `Modified_Time`, row ids and read-only fields, and is
        told of an unknown key by ValueError. Raises Refusal.
        """
        spec = self.module(module)
        draft = DraftReader(self, self.layouts[module], trusted).read(values, None)
        record = self._new_record(spec, draft)
        self._records[module][record.id] = record
        self._indexes[module].learn(record)
        self.history.append(Change(module, record.id, "insert"))
        return record.id

    def update(
        self, module: str, record_id: str, values: Mapping[str, Any], *, trusted: bool = True
    ) -> None:
        """Change the fields given; Modified_Time moves even where no value differs.

        Raises Refusal, INVALID_DATA for an unknown id.
        """
        record = self._existing(module, record_id)
        draft = DraftReader(self, self.layouts[module], trusted).read(values, record)
        changed = self._apply(record, draft)
        self.history.append(Change(module, record_id, "update", changed))

    def delete(self, module: str, record_id: str) -> None:
        """Move a record to the recycle bin. Raises Refusal for an unknown id."""
        record = self._existing(module, record_id)
        self._indexes[module].forget(record)
        del self._records[module][record_id]
        entry = Deleted(record, self.name_of(record), self.caller, self.now())
        self._bins[module].put(entry)
        self.history.append(Change(module, record_id, "delete"))

    def restore(self, module: str, record_id: str) -> None:
        """Take a record back from the bin, as only the CRM's own UI can.

        It keeps its Modified_Time and counts as inserted. Raises Refusal where the bin does
        not hold it.
        """
        entry = self.bin(module).take(record_id, self.now())
        if entry is None:
            raise invalid_id(id=record_id)
        self._records[module][record_id] = entry.record
        self._indexes[module].learn(entry.record)
        self.history.append(Change(module, record_id, "insert"))

    def purge(self, module: str, record_id: str) -> None:
        """Empty the bin of one record. Raises Refusal where the bin does not hold it."""
        if not self.bin(module).purge(record_id, self.now()):
            raise invalid_id(id=record_id)

    def insert_all(self, records: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
        """Seed many (module, values); returns how many. Leaves no trace in `history`."""
        mark = len(self.history)
        for module, values in records:
            self.insert(module, values)
        count = len(self.history) - mark
        del self.history[mark:]
        return count

    def touch(self, record: Record) -> None:
        """Set the record's Modified_Time, as a new photo does."""
        self._indexes[record.module].forget(record)
        record.modified = self.now()
        record.modified_by = self.caller
        self._indexes[record.module].learn(record)

    def _existing(self, module: str, record_id: str) -> Record:
        record = self.get(module, record_id)
        if record is None:
            raise invalid_id(id=record_id)
        return record

    def _new_record(self, spec: ModuleSpec, draft: Draft) -> Record:
        created = draft.seed.get("Created_Time", self.now())
        record = Record(
            id=self._chosen_id(spec.api_name, draft),
            module=spec.api_name,
            values={**blank(self.layouts[spec.api_name].stored), **draft.values},
            rows={field.api_name: [] for field, _ in spec.subform_fields},
            created=created,
            modified=draft.seed.get("Modified_Time", created),
            owner=draft.owner or self.caller,
            created_by=draft.seed.get("Created_By", self.caller),
            modified_by=draft.seed.get("Modified_By", self.caller),
        )
        self._number(spec, record)
        self._compose(record)
        for name, rows in draft.rows.items():
            record.rows[name] = self._merged(record, name, rows, record.modified)
        return record

    def _chosen_id(self, module: str, draft: Draft) -> str:
        chosen = draft.seed.get("id")
        if chosen is None:
            return self.new_id()
        if not chosen.isdecimal() or self.exists(module, chosen):
            raise ValueError(f"{chosen} cannot be the id of a new record of {module}")
        self._next_id = max(self._next_id, int(chosen) + 1)
        return str(chosen)

    def _number(self, spec: ModuleSpec, record: Record) -> None:
        """Fill auto-numbers, going on from the highest one seen, in its width."""
        for name, field in self.layouts[spec.api_name].numbered.items():
            last = self._numbers.get((spec.api_name, name), "0")
            given, prefix = record.values[name], field.auto_number or ""
            if given is None:
                following = str(int(last) + 1).zfill(len(last))
                record.values[name] = f"{prefix}{following}"
            else:
                tail = str(given).removeprefix(prefix)
                following = max(last, tail, key=int) if tail.isdecimal() else last
            self._numbers[spec.api_name, name] = following

    def _compose(self, record: Record) -> None:
        if self.layouts[record.module].composes_full_name:
            record.values["Full_Name"] = full_name(record.values)

    def _apply(self, record: Record, draft: Draft) -> tuple[str, ...]:
        """Write the draft over the record; returns the names of fields that now differ."""
        self._indexes[record.module].forget(record)
        before = {**record.values, "Owner": record.owner}
        record.values.update(draft.values)
        record.owner = draft.owner or record.owner
        self._compose(record)
        changed = [name for name, value in before.items() if _value(record, name) != value]
        now = draft.seed.get("Modified_Time", self.now())
        for name, rows in draft.rows.items():
            old = [(row.id, dict(row.values)) for row in record.rows[name]]
            record.rows[name] = self._merged(record, name, rows, now)
            if [(row.id, row.values) for row in record.rows[name]] != old:
                changed.append(name)
        record.modified = now
        record.modified_by = self.caller
        self._indexes[record.module].learn(record)
        return tuple(changed)

    def _merged(self, record: Record, name: str, drafts: Iterable[RowDraft], now: int) -> list[Row]:
        """The rows as they stand after a write: those not sent are gone, or stay where they are
        if `keeps_rows`."""
        module = self.schema.modules[record.module]
        form = module.subform_by_name[module.by_name[name].subform or name]
        kept = {row.id: row for row in record.rows[name]}
        drafts = [*drafts]
        named = {draft.id for draft in drafts}
        rows = [row for row in record.rows[name] if self.keeps_rows and row.id not in named]
        for draft in drafts:
            if draft.gone:
                continue
            row = kept.get(draft.id or "")
            if row is None:
                row = Row(draft.id or self.new_id(), blank(form.by_name), now, now)
            if any(row.values[key] != value for key, value in draft.values.items()):
                row.modified = now
            row.values.update(draft.values)
            rows.append(row)
        return rows


def _value(record: Record, name: str) -> Any:
    return record.owner if name == "Owner" else record.values[name]
