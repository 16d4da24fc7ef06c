"""What people do in the CRM."""

from __future__ import annotations

import asyncio

from mzi_bridge.sandbox.schema import ModuleSpec
from tests.simulation import school
from tests.simulation.post import Post
from tests.simulation.world import World

EDITS = {
    "update": 30,
    "insert": 8,
    "delete": 8,
    "restore": 5,
    "update twice in a second": 6,
    "update many": 5,
    "update rows": 7,
    "photo": 7,
    "spoil": 2,
    "purge": 1,
    "delete many": 1,
}
"""Kinds of edits and how often each is drawn."""

HOT = 3


class Office:
    """Edits records of the mapped modules; each edit is told to the channels at once."""

    def __init__(self, world: World, post: Post) -> None:
        self._world = world
        self._crm = world.crm
        self._post = post
        self._draw = world.chance.draw

    async def edit(self, kind: str) -> None:
        module = self._draw.choice(self._world.subset)
        match kind:
            case "insert":
                self._insert(module)
            case "delete":
                for record_id in self._some(module, 1):
                    self._delete(module, record_id)
            case "delete many":
                for record_id in self._some(module, self._draw.randrange(9, 16)):
                    self._delete(module, record_id)
            case "restore" | "purge":
                self._from_bin(module, kind)
            case "update twice in a second":
                await self._twice(module)
            case "update many":
                for record_id in self._some(module, self._draw.randrange(2, 9)):
                    self._update(module, record_id)
            case "update rows":
                self._update_rows(module)
            case "photo":
                self._photo()
            case "spoil":
                self._spoil(module)
            case _:
                for record_id in self._some(module, 1):
                    self._update(module, record_id)
        self._post.publish()

    def update(self, module: str, record_id: str) -> None:
        """As `edit`, of this record."""
        self._update(module, record_id)
        self._post.publish()

    def delete(self, module: str, record_id: str) -> None:
        self._delete(module, record_id)
        self._post.publish()

    def _some(self, module: str, number: int) -> list[str]:
        """Some living records, never the last two; often one of the few that everybody edits."""
        spared = self._world.spared
        living = [i for i in self._crm.records(module) if not spared(module, i)]
        if number == 1 and len(living) > HOT and self._draw.random() < 0.4:
            return [living[self._draw.randrange(HOT)]]
        return self._draw.sample(living, max(0, min(number, len(living) - 2)))

    def _told(self, kind: str, module: str, record_id: str) -> None:
        self._world.history.tell(f"office {kind} {module} {record_id}")
        self._world.history.counts[f"edit {kind}"] += 1

    def _update(self, module: str, record_id: str) -> None:
        fields = school.editable(self._crm, module)
        chosen = self._draw.sample(fields, min(len(fields), self._draw.choice((1, 1, 2, 4))))
        values = {field.api_name: school.new_value(field, self._draw) for field in chosen}
        self._crm.update(module, record_id, values)
        self._told("update", module, record_id)

    async def _twice(self, module: str) -> None:
        for record_id in self._some(module, 1):
            self._update(module, record_id)
            self._post.publish()
            second = self._world.clock.now() % 1.0
            await asyncio.sleep(self._draw.random() * (0.99 - second) if second < 0.99 else 0.0)
            if self._crm.get(module, record_id) is not None:
                self._update(module, record_id)

    def _insert(self, module: str) -> None:
        values = school.newcomer(self._crm, module, self._draw)
        self._told("insert", module, self._crm.insert(module, values))

    def _delete(self, module: str, record_id: str) -> None:
        self._crm.delete(module, record_id)
        key = (module, record_id)
        self._world.history.deleted.setdefault(key, []).append(self._world.clock.now())
        self._told("delete", module, record_id)

    def _from_bin(self, module: str, kind: str) -> None:
        now = self._crm.now()
        waiting = self._crm.bin(module).listed("recycle", None, now)
        if not waiting:
            return
        record_id = self._draw.choice(waiting[:3]).record.id
        if kind == "purge":
            self._crm.purge(module, record_id)
        else:
            self._crm.restore(module, record_id)
            key = (module, record_id)
            self._world.history.restored.setdefault(key, []).append(self._world.clock.now())
        self._told(kind, module, record_id)

    def _update_rows(self, module: str) -> None:
        spec = self._crm.schema.modules[module]
        if not spec.subform_fields:
            return
        field, form = self._draw.choice(spec.subform_fields)
        for record_id in self._some(module, 1):
            rows = self._rows_of(spec, record_id, field.api_name)
            if rows and self._draw.random() < 0.5:
                rows.pop(self._draw.randrange(len(rows)))
            if not rows or self._draw.random() < 0.7:
                rows.append(
                    {
                        one.api_name: school.new_value(one, self._draw)
                        for one in form.fields
                        if one.data_type in ("text", "date", "integer", "currency", "picklist")
                    }
                )
            self._crm.update(module, record_id, {field.api_name: rows})
            self._told("update rows", module, record_id)

    def _rows_of(self, spec: ModuleSpec, record_id: str, name: str) -> list[dict[str, object]]:
        record = self._crm.records(spec.api_name)[record_id]
        return [{"id": row.id} for row in record.rows[name]]

    def _photo(self) -> None:
        """Another photo for a student, or none any more; the record is saved as well, for nobody
        says that an attachment alone is told of."""
        if school.PICTURED not in self._world.subset:
            return
        for record_id in self._some(school.PICTURED, 1):
            record = self._crm.records(school.PICTURED)[record_id]
            if self._draw.random() < 0.3:
                record.attachments.clear()
            else:
                school.attach_photo(self._crm, record, self._draw.randrange(10**6))
            self._crm.update(school.PICTURED, record_id, {})
            self._told("photo", school.PICTURED, record_id)

    def _spoil(self, module: str) -> None:
        """A value of a type that the field cannot have."""
        for record_id in self._some(module, 1):
            field = self._draw.choice(school.editable(self._crm, module))
            record = self._crm.records(module)[record_id]
            self._crm.update(module, record_id, {})
            record.values[field.api_name] = {school.CANARY: [school.CANARY]}
            self._told("spoil", module, record_id)
