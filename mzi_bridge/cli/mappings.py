"""`mzi mappings`: the mapping in use, and whether it fits the CRM and the plugin."""

from __future__ import annotations

from typing import Annotated

import anyio
import typer
from msgspec.structs import asdict

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import out, print_json, print_table
from mzi_bridge.cli.journal import preset_in_force
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.mapping import PhotoSource
from mzi_bridge.mapping.check import Finding
from mzi_bridge.pipeline.check_mappings import check_mappings
from mzi_bridge.pipeline.sync import mapped_modules
from mzi_bridge.settings import load_settings
from mzi_bridge.sight.logs import start_logging

app = typer.Typer(help="What goes where, and does it fit.", no_args_is_help=True)


@app.command()
def show(
    module: Annotated[str | None, typer.Option("--module", help="Only this CRM module.")] = None,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The mapping in use, module by module."""
    preset = preset_in_force(env_file)
    for name in mapped_modules(preset, module):
        mapping = preset.modules[name]
        read = "by id, for its subforms" if mapping.needs_subform else "in groups"
        out.print(f"[bold]{name}[/] → {mapping.entity} (read {read})")
        fields = ", ".join(sorted(mapping.source_fields))
        out.print("    " + fields, markup=False, soft_wrap=True)
        for column, values in mapping.closing.items():
            listed = ", ".join(values)
            out.print(f"    closing: {column}: {listed}", markup=False, soft_wrap=True)
        if mapping.photo is not None:
            out.print(f"    photo: {_source(mapping.photo)}", markup=False, soft_wrap=True)


@app.command()
def check(as_json: AsJson = False, env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Compare the mapping with the CRM's fields and the plugin's columns, both live."""
    settings = load_settings(env_file)
    start_logging("warning")

    async def run() -> list[Finding]:
        async with open_bridge(settings) as bridge:
            return await check_mappings(bridge.links)

    findings = anyio.run(run)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table(
            ["severity", "module", "key", "what", "did you mean"],
            [(f.severity, f.module, f.key, f.message, ", ".join(f.suggestions)) for f in findings],
        )
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


def _source(photo: PhotoSource) -> str:
    attachment = photo.attachment and f'the newest attachment with "{photo.attachment}" in its name'
    image = "the record image" if photo.record_image else None
    return ", else ".join(filter(None, (attachment, image)))
