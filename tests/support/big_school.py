"""A Moodle that holds a whole CRM already, filled past the wires: quick, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable

from mzi_bridge.mapping import project
from tests.support.world import MODULES, World


def fill_moodle(world: World, modules: Iterable[str] = MODULES) -> int:
    """Every record of `modules` projected into Moodle's tables as a sync would; how many."""
    now, filled = int(world.clock.now()), 0
    renderer = world.crm_app.state.emulator.renderer
    for module in modules:
        mapping = world.links.preset.modules[module]
        table = world.site.tables[mapping.entity]
        children = {child.name for child in mapping.children}
        for record_id, record in world.crm.records(module).items():
            row = project(mapping, renderer.record(record, subforms=True), now).row
            assert row is not None
            values = {n: v for n, v in row.items() if n not in children and n != "read_time"}
            stored = table.create(record_id, now)
            stored.row.update(values, synced_at=now)
            for name in children & row.keys():
                table.set_children(stored, name, row[name])  # type: ignore[arg-type]
            filled += 1
    return filled
