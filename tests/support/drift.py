"""A school in step, and ways to bring it out of step behind everybody's back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mzi_bridge.pipeline.reconcile import ModuleReport, Reconciliation, reconcile
from mzi_bridge.pipeline.sync import Mode, sync
from tests.support.world import MODULES, World

PAYMENTS = "BTEC_Payments"
STUDENTS = "BTEC_Students"
REGISTRATIONS = "BTEC_Registrations"


async def in_step(world: World, *modules: str) -> None:
    """Every record carried over, and both sides' calls forgotten."""
    await sync(world.links, modules or MODULES, Mode.FULL)
    world.clock.advance(3600)
    await world.forget_calls("moodle")
    await world.forget_calls("crm")


async def look(world: World, module: str, **options: Any) -> ModuleReport:
    """The report of one module."""
    return (await look_at(world, module, **options)).modules[module]


async def look_at(world: World, *modules: str, **options: Any) -> Reconciliation:
    return await reconcile(world.links, modules or MODULES, **options)


def tamper(world: World, module: str, record_id: str, **columns: Any) -> None:
    """Writes into Moodle's table by hand: neither hash nor version moves."""
    stored = world.site.tables[world.entity(module)].get(record_id)
    assert stored is not None
    stored.row.update(columns)


def tamper_child(world: World, module: str, record_id: str, child: str, **columns: Any) -> None:
    stored = world.site.tables[world.entity(module)].get(record_id)
    assert stored is not None
    stored.children[child][0].update(columns)


def lose(world: World, module: str, record_id: str) -> None:
    """The row is gone from Moodle's table, as if it had never come."""
    table = world.site.tables[world.entity(module)]
    del table._rows[record_id]
    table._sorted = None


async def writes(world: World) -> Counter[str]:
    """Calls that write to Moodle since they were last forgotten, by function."""
    calls = [call["label"] for call in await world.calls("moodle")]
    return Counter(c for c in calls if "upsert" in c or "delete" in c)
