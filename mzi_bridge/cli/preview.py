"""`mzi preview`: one record field by field, as it stands in Moodle and as it would."""

from __future__ import annotations

from typing import Annotated, Any

import anyio
import msgspec
import typer

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import out, print_json, print_table
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.mapping import load_preset
from mzi_bridge.pipeline.preview import ABSENT, Field, Preview
from mzi_bridge.pipeline.preview import preview as preview_record
from mzi_bridge.pipeline.sync import mapped_modules
from mzi_bridge.settings import load_settings
from mzi_bridge.sight.logs import start_logging

NOTHING_TO_CARRY = (ABSENT, "rejected")


def preview(
    module: Annotated[str, typer.Argument(help="CRM module or entity.")],
    record_id: Annotated[str, typer.Argument(metavar="ID", help="The record's CRM id.")],
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", help="Another mapping: a preset's name or a file of yours."),
    ] = None,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Field by field what stands in Moodle and what would be written. Nothing is written.

    This shows the person's data: it is for the eyes of who may see it in the CRM, too.
    """
    settings = load_settings(env_file)
    start_logging("warning")

    async def run() -> Preview:
        async with open_bridge(settings) as bridge:
            preset = bridge.links.preset
            if mapping is not None:
                preset = load_preset(mapping, deny=settings.mapping_deny)
            chosen = preset.modules[mapped_modules(preset, module)[0]]
            return await preview_record(bridge.links, chosen, record_id)

    shown = anyio.run(run)
    if as_json:
        print_json(msgspec.to_builtins(shown))
    else:
        _print(shown)
    if shown.action in NOTHING_TO_CARRY:
        raise typer.Exit(1)


def _print(shown: Preview) -> None:
    reason = f" ({shown.reason})" if shown.reason else ""
    out.print(f"{shown.module} {shown.record_id}: {shown.action}{reason}", markup=False)
    rows = [
        (field.column, _cell(field.stands), _says(field), "←" if field.changes else "")
        for field in shown.fields
        if not isinstance(field.says, list) and not isinstance(field.stands, list)
    ]
    print_table(["column", "stands in Moodle", "the CRM says", ""], rows)
    details = [c for c in shown.changes if "[" in c.column]
    if details:
        print_table(
            ["child row", "stands in Moodle", "the CRM says"],
            [(c.column, _cell(c.before), _cell(c.after)) for c in details],
        )
    for fault in shown.faults:
        out.print(
            f"{fault.column} ← {fault.source}: {fault.code}: {fault.message}",
            markup=False,
            soft_wrap=True,
        )


def _says(field: Field) -> str:
    return _cell(field.says) if field.sent else "(left alone)"


def _cell(value: Any) -> str:
    return "–" if value is None else str(value)
