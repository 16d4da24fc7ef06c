"""The field mapping as people change it: seen, checked against both ends, saved, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.mapping_versions import VersionHead, no_such_version
from mzi_bridge.mapping import MappingErrors, Preset, mapping_text, parse_preset, shipped_presets
from mzi_bridge.mapping.check import Finding, Severity, check_preset
from mzi_bridge.mapping.contract import ContractEntity, read_contract
from mzi_bridge.mapping.crm_fields import ROWS
from mzi_bridge.mapping.difference import unified
from mzi_bridge.mapping.editing import module_tables, with_module
from mzi_bridge.pipeline.check_mappings import check_module, fields_of
from mzi_bridge.pipeline.find_records import Hit, find_records
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.preview import Preview, preview
from mzi_bridge.zoho.metadata import FieldInfo

MAPPING_BYTES = 512 * 1024
DRAFT = "draft"


class ModuleView(Struct, frozen=True):
    """One module of the mapping. `table` is its table of the file as JSON values, `version` the
    saved version it is of (None: the mapping of the settings), `fields` the CRM's own, `subforms`
    those of the rows of its subform fields, and `entity` the plugin's, all empty where that side
    is out of reach: `trouble` then says why."""

    module: str
    version: int | None
    table: Mapping[str, Any]
    findings: tuple[Finding, ...]
    fields: tuple[FieldInfo, ...] = ()
    subforms: Mapping[str, tuple[FieldInfo, ...]] = field(default_factory=dict)
    entity: ContractEntity | None = None
    trouble: MziError | None = None


class MappingInvalid(OperatorError):
    """A draft with faults that it brings itself; nothing was saved."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        lines = "; ".join(f"{f.module}: {f.key}: {f.message}" for f in self.findings)
        super().__init__(
            f"The mapping cannot be used: {lines}.",
            reason="mapping_invalid",
            fix="Correct what is named and save again.",
        )


class MappingDesk:
    """`fallback` is the mapping of the settings (a preset's name or a path), `deny` what no mapping
    may read; `links` answers the bridge at work, None without one.

    Every method raises JournalUnavailable.
    """

    def __init__(
        self,
        journal: Journal,
        links: Callable[[], Links | None],
        *,
        fallback: str,
        deny: Sequence[str],
    ) -> None:
        self._journal = journal
        self._links = links
        self._fallback = fallback
        self._deny = tuple(deny)

    async def in_force(self) -> tuple[int | None, str]:
        """The version that counts and its text; (None, text) for that of the settings."""
        active = await self._journal.mappings.active()
        if active is None:
            return None, mapping_text(self._fallback)
        return active.version, active.content

    async def modules(self) -> Mapping[str, str]:
        """CRM module → entity of the mapping that counts."""
        _, text = await self.in_force()
        return {name: str(t.get("entity", "")) for name, t in module_tables(text).items()}

    async def view(self, module: str) -> ModuleView:
        """Raises OperatorError module_not_mapped."""
        version, text = await self.in_force()
        return await self._view(module, version, text)

    async def check(self, module: str, table: Mapping[str, Any]) -> ModuleView:
        """What `save` would save, and what would be found wrong with it."""
        version, text = await self.in_force()
        return await self._view(module, version, with_module(text, module, table))

    async def check_all(self) -> tuple[Finding, ...]:
        """What would be found wrong with the mapping that counts, all modules. Raises what the
        links raise."""
        links = self._reached()
        _, text = await self.in_force()
        preset = self._preset(text)
        fields = await fields_of(links, [*preset.modules])
        return tuple(check_preset(preset, fields, await links.moodle.contract()))

    async def save(
        self, module: str, table: Mapping[str, Any], *, base: int | None, author: str, note: str
    ) -> ModuleView:
        """A new version with that module changed, which counts from now on.

        Raises MappingInvalid for faults that were not there before, and OperatorError
        mapping_changed if `base` is not the version that counts.
        """
        version, text = await self.in_force()
        tables = module_tables(text)
        draft = with_module(text, module, table)
        before = await self._view(module, version, text) if module in tables else None
        after = await self._view(module, version, draft)
        _refuse_new_faults(before, after)
        number = await self._save(draft, base, author, note)
        return replace(after, version=number)

    async def import_(self, text: str, *, base: int | None, author: str, note: str) -> int:
        """A whole mapping file as a new version. Raises MappingErrors and as `save`."""
        if len(text.encode()) > MAPPING_BYTES:
            raise OperatorError(
                "The file is too large for a mapping.",
                reason="mapping_too_large",
                fix=f"At most {MAPPING_BYTES // 1024} KiB are taken.",
            )
        parse_preset(text, DRAFT, deny=self._deny)
        return await self._save(text, base, author, note)

    async def export(self, version: int | None) -> str:
        """The text of a saved version, or with None that of the settings."""
        if version is None:
            return mapping_text(self._fallback)
        found = await self._journal.mappings.get(version)
        if found is None:
            raise no_such_version(version)
        return found.content

    async def versions(self) -> tuple[VersionHead, ...]:
        """The newest first."""
        return await self._journal.mappings.list()

    async def difference(self, one: int | None, other: int | None) -> tuple[str, ...]:
        """Lines of a unified difference from `one` to `other`; None is that of the settings."""
        before, after = await self.export(one), await self.export(other)
        return unified(before, after, str(one or ""), str(other or ""))

    async def difference_to_preset(self, preset: str) -> tuple[str, ...]:
        """What a reset would change. Raises OperatorError no_such_preset."""
        version, text = await self.in_force()
        return unified(text, _preset_text(preset), str(version or ""), preset)

    async def roll_back(self, version: int | None, *, base: int | None) -> None:
        """Lets a saved version count again, or with None that of the settings.

        Raises MappingErrors if this release cannot use it, OperatorError mapping_changed.
        """
        parse_preset(await self.export(version), f"version {version}", deny=self._deny)
        await self._journal.mappings.activate(version, base=base)

    async def reset(self, preset: str, *, base: int | None, author: str, note: str) -> int:
        """A shipped preset as a new version. Raises OperatorError no_such_preset."""
        return await self.import_(_preset_text(preset), base=base, author=author, note=note)

    async def preview(self, module: str, table: Mapping[str, Any], record_id: str) -> Preview:
        """What the draft would make of one record. Raises MappingErrors, and what links raise."""
        links = self._reached()
        _, text = await self.in_force()
        preset = self._preset(with_module(text, module, table))
        if module not in preset.modules:
            raise not_mapped(module, preset.modules)
        return await preview(links, preset.modules[module], record_id)

    async def find(self, module: str, words: str) -> tuple[Hit, ...]:
        """Records of the module by CRM id, or by a word that stands in them. Raises OperatorError
        module_not_mapped, search_too_short, and what links raise."""
        links = self._reached()
        _, text = await self.in_force()
        preset = self._preset(text)
        if module not in preset.modules:
            raise not_mapped(module, preset.modules)
        found = await find_records(links, words, preset.modules[module])
        if found.troubles:
            raise found.troubles[0]
        return found.hits

    async def _save(self, text: str, base: int | None, author: str, note: str) -> int:
        self._preset(text)
        return await self._journal.mappings.save(text, base=base, author=author, note=note)

    async def _view(self, module: str, version: int | None, text: str) -> ModuleView:
        tables = module_tables(text)
        if module not in tables:
            raise not_mapped(module, tables)
        view = ModuleView(module, version, tables[module], ())
        preset: Preset | None = None
        try:
            preset = self._preset(text)
        except MappingErrors as error:
            view = replace(view, findings=_as_findings(module, error))
        try:
            return await self._with_ends(view, preset)
        except MziError as error:
            return replace(view, trouble=error)

    async def _with_ends(self, view: ModuleView, preset: Preset | None) -> ModuleView:
        links, module = self._reached(), view.module
        contract = await links.moodle.contract()
        entity = read_contract(contract).entities.get(str(view.table.get("entity", "")))
        fields = await fields_of(links, [module])
        findings = view.findings
        if preset is not None:
            findings = tuple(check_module(preset, module, fields, contract))
        own = tuple(fields[module]) if module in fields else ()
        return replace(
            view, fields=own, subforms=_rows_of(own, fields), entity=entity, findings=findings
        )

    def _preset(self, text: str) -> Preset:
        return parse_preset(text, DRAFT, deny=self._deny)

    def _reached(self) -> Links:
        links = self._links()
        if links is None:
            raise OperatorError(
                "The bridge is not connected yet.",
                reason="not_connected",
                fix="Connect the CRM and Moodle on the console's page Set-up.",
            )
        return links


def _preset_text(preset: str) -> str:
    if preset not in shipped_presets():
        raise OperatorError(
            f"There is no preset {preset}.",
            reason="no_such_preset",
            fix=f"Choose one of {', '.join(shipped_presets())}.",
        )
    return mapping_text(preset)


def _refuse_new_faults(before: ModuleView | None, after: ModuleView) -> None:
    """What was wrong before may stay wrong: who mends one thing need not mend all."""
    known = set(before.findings) if before is not None else set()
    new = [f for f in after.findings if f.severity is Severity.ERROR and f not in known]
    if new:
        raise MappingInvalid(new)


def _rows_of(
    own: Sequence[FieldInfo], fields: Mapping[str, Sequence[FieldInfo]]
) -> dict[str, tuple[FieldInfo, ...]]:
    """The fields of the rows of each subform field, by its name."""
    found = {}
    for one in own:
        if one.data_type in ROWS:
            rows = fields.get(one.subform_module or "") or fields.get(one.api_name) or ()
            found[one.api_name] = tuple(rows)
    return found


def _as_findings(module: str, errors: MappingErrors) -> tuple[Finding, ...]:
    """Faults of the file itself; those of another module bear its name."""
    found = []
    for fault in errors.faults:
        parts = fault.key.split(".")
        if parts[0] == "modules" and len(parts) > 1:
            found.append(Finding(Severity.ERROR, parts[1], ".".join(parts[2:]), fault.message))
        else:
            found.append(Finding(Severity.ERROR, module, fault.key, fault.message))
    return tuple(found)


def not_mapped(module: str, known: Iterable[str]) -> OperatorError:
    return OperatorError(
        f"The mapping has no module {module}.",
        reason="module_not_mapped",
        fix=f"Mapped are {', '.join(known)}.",
    )
