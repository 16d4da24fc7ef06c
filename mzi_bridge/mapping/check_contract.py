"""The plugin's end of a mapping: are the columns there, and can they hold what the rules give?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mzi_bridge.mapping.contract import HOLDS, Contract, ContractChild, ContractColumn
from mzi_bridge.mapping.finding import Finding, Severity
from mzi_bridge.mapping.nearest import nearest
from mzi_bridge.mapping.preset import Child, Column, ModuleMapping


def contract_findings(mapping: ModuleMapping, plugin: Contract) -> Iterator[Finding]:
    """Unknown entities, keys and columns, types that do not hold, required columns unfilled."""
    entity = plugin.entities.get(mapping.entity)
    module = mapping.module
    if entity is None:
        message = f'the plugin has no entity "{mapping.entity}"'
        near = nearest(mapping.entity, plugin.entities)
        yield Finding(Severity.ERROR, module, "entity", message, near)
        return
    if mapping.key_column != entity.key:
        message = f'the plugin\'s key column is "{entity.key}"'
        yield Finding(Severity.ERROR, module, "key", message, (entity.key,))
    yield from _columns(module, "columns", mapping.columns, entity.key, entity.columns)
    for child in mapping.children:
        yield from _child(module, child, entity.children)
    for name in entity.children.keys() - mapping.child_keys.keys():
        message = "no rule fills this list of the plugin"
        yield Finding(Severity.INFO, module, f"children.{name}", message)


def _child(module: str, child: Child, children: Mapping[str, ContractChild]) -> Iterator[Finding]:
    place = f"children.{child.name}"
    known = children.get(child.name)
    if known is None:
        message = "the plugin has no such list"
        yield Finding(Severity.ERROR, module, place, message, nearest(child.name, children))
        return
    if child.key_column != known.key:
        message = f'the plugin\'s key column is "{known.key}"'
        yield Finding(Severity.ERROR, module, f"{place}.key", message, (known.key,))
    yield from _columns(module, f"{place}.columns", child.columns, known.key, known.columns)


def _columns(
    module: str,
    place: str,
    columns: Sequence[Column],
    key: str,
    known: Mapping[str, ContractColumn],
) -> Iterator[Finding]:
    filled = {column.name for column in columns}
    for column in columns:
        target = known.get(column.name)
        if target is not None:
            yield from _type(module, f"{place}.{column.name}", column, target)
        elif column.name != key:
            near = nearest(column.name, known)
            message = "the plugin has no such column"
            yield Finding(Severity.ERROR, module, f"{place}.{column.name}", message, near)
    for name, target in known.items():
        if name in filled or name == key:
            continue
        severity = Severity.ERROR if target.required else Severity.INFO
        message = "the plugin requires this column" if target.required else "no rule fills it"
        yield Finding(severity, module, f"{place}.{name}", message)


def _type(module: str, place: str, column: Column, target: ContractColumn) -> Iterator[Finding]:
    holds = HOLDS.get(target.type)
    if holds is not None and column.type not in holds:
        message = f"the plugin's column is {target.type}, the rule gives {column.type}"
        yield Finding(Severity.ERROR, module, place, message)
