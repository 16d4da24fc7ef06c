"""The field mapping over HTTP: seen module by module, checked, saved as a new version."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, BaseModel, Field
from starlette.responses import Response

from mzi_bridge.api.answers import (
    MAPPING_CHANGED,
    MAPPING_INVALID,
    MODULE_NOT_MAPPED,
    error_answer,
)
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared, segment
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.extension_ports import Extension, ModuleView
from mzi_bridge.api.shapes import Given, Id, Shown
from mzi_bridge.api.state_routes import PREFIX, TAG, TroubleShown
from mzi_bridge.errors import MziError
from mzi_bridge.mapping.crm_fields import ROWS, TAKEN_BY
from mzi_bridge.mapping.editing import module_tables
from mzi_bridge.mapping.finding import Severity
from mzi_bridge.mapping.transforms import TRANSFORMS

MAPPING_BYTES = 524_288
ANY = "any"


class MappedShown(Shown):
    """`version` is null where the mapping of the settings counts."""

    module: str
    entity: str
    columns: int
    version: int | None


class CrmModuleShown(Shown):
    api_name: str
    label: str


class ModulesShown(Shown):
    """`trouble`: why the CRM's modules cannot be told."""

    modules: list[MappedShown]
    crm_modules: list[CrmModuleShown]
    trouble: TroubleShown | None


class FieldShown(Shown):
    api_name: str
    label: str
    type: str = Field(description="The CRM's word: text, picklist, lookup, …")
    subform: bool


class ColumnShown(Shown):
    name: str
    type: str
    length: int = Field(description="Of text, in characters; 0 is unlimited.")


class TransformShown(Shown):
    """`takes` are the CRM's types that it reads, `options` the keys of a rule that it knows."""

    name: str
    takes: list[str] = Field(
        validation_alias=AliasChoices("takes", "from"), serialization_alias="from"
    )
    options: list[str]


class FindingShown(Shown):
    severity: Severity
    key: str
    message: str
    suggestions: tuple[str, ...]


class MappingShown(Shown):
    """`table` is the table of the mapping file as JSON. `fields` and `columns` are empty where
    that side is out of reach; `trouble` then says why."""

    module: str
    entity: str
    version: int | None
    table: dict[str, Any]
    fields: list[FieldShown]
    columns: list[ColumnShown]
    transforms: list[TransformShown]
    findings: list[FindingShown]
    trouble: TroubleShown | None


class MappingChange(Given):
    table: dict[str, Any] = Field(description="The whole table of the module.")
    base_version: Id | None = Field(
        default=None, description="The version that was changed; null for that of the settings."
    )
    note: str = Field(default="", max_length=2000, description="Why, for the list of versions.")
    dry_run: bool = Field(default=False, description="Only look for faults; save nothing.")


_MODULE = segment(
    "module", "A mapped CRM module.", {"type": "string", "minLength": 1, "maxLength": 100}
)
MODULES = declared(
    "GET",
    f"{PREFIX}/modules",
    "listModules",
    scope="read",
    tag=TAG,
    summary="Mapped modules, and those of the CRM",
    answer=ModulesShown,
    says="In the order of the mapping.",
    problems=(MAPPING_INVALID,),
)
READ = declared(
    "GET",
    f"{PREFIX}/field-mappings/{{module}}",
    "readMapping",
    scope="read",
    tag=TAG,
    summary="The mapping of a module, with both ends of it",
    parameters=(_MODULE,),
    answer=MappingShown,
    says="As it counts now.",
    problems=(MODULE_NOT_MAPPED, MAPPING_INVALID),
)
WRITE = declared(
    "PUT",
    f"{PREFIX}/field-mappings/{{module}}",
    "changeMapping",
    scope="mappings:write",
    tag=TAG,
    summary="Change the mapping of a module",
    description="Saved as a new version, which counts at once. What is wrong with it is told in "
    "`findings`; faults that were there before may stay.",
    parameters=(_MODULE,),
    body=MappingChange,
    answer=MappingShown,
    says="As it counts now; of a dry run, as it would.",
    problems=(MODULE_NOT_MAPPED, MAPPING_CHANGED, MAPPING_INVALID),
)
OPERATIONS = (MODULES, READ, WRITE)


class MappingEndpoints:
    def __init__(self, extension: Extension, audited: Audited) -> None:
        self._extension = extension
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(MODULES, self.modules),
            Endpoint(READ, self.read),
            Endpoint(WRITE, self.write, body_limit=MAPPING_BYTES),
        )

    async def modules(self, call: Call) -> BaseModel:
        version, text = await self._extension.mappings().in_force()
        mapped = [
            MappedShown(
                module=module,
                entity=str(table.get("entity", "")),
                columns=len(table.get("columns", {})),
                version=version,
            )
            for module, table in module_tables(text).items()
        ]
        try:
            found = await self._extension.crm_modules()
        except MziError as error:
            trouble = TroubleShown.of_error(error)
            return ModulesShown(modules=mapped, crm_modules=[], trouble=trouble)
        known = [
            CrmModuleShown(api_name=one.api_name, label=one.plural_label)
            for one in found
            if one.api_supported and one.viewable
        ]
        return ModulesShown(modules=mapped, crm_modules=known, trouble=None)

    async def read(self, call: Call) -> Response | BaseModel:
        try:
            return _shown(await self._extension.mappings().view(call.path["module"]))
        except MziError as error:
            return _refusal(error)

    async def write(self, call: Call) -> Response | BaseModel:
        wanted: MappingChange = call.options
        module, desk = call.path["module"], self._extension.mappings()
        try:
            if wanted.dry_run:
                return _shown(await desk.check(module, wanted.table))
            async with self._audited(call, "mapping_saved", module) as noted:
                view = await desk.save(
                    module,
                    wanted.table,
                    base=wanted.base_version,
                    author=call.caller.actor,
                    note=wanted.note,
                )
                noted["version"] = view.version
            return _shown(view)
        except MziError as error:
            return _refusal(error)


def _shown(view: ModuleView) -> BaseModel:
    columns = view.entity.columns if view.entity is not None else {}
    return MappingShown(
        module=view.module,
        entity=str(view.table.get("entity", "")),
        version=view.version,
        table=dict(view.table),
        fields=[
            FieldShown(
                api_name=one.api_name,
                label=one.label,
                type=one.data_type,
                subform=one.data_type in ROWS,
            )
            for one in view.fields
        ],
        columns=[
            ColumnShown(name=name, type=column.type, length=column.length)
            for name, column in columns.items()
        ],
        transforms=_TRANSFORMS,
        findings=[FindingShown.of(finding) for finding in view.findings],
        trouble=None if view.trouble is None else TroubleShown.of_error(view.trouble),
    )


_TRANSFORMS = [
    TransformShown(
        name=name,
        takes=sorted(TAKEN_BY.get(name, {ANY})),
        options=sorted(transform.needs | transform.may),
    )
    for name, transform in TRANSFORMS.items()
]


def _refusal(error: MziError) -> Response:
    """With the findings of a draft, or the faults of a file."""
    findings = [
        {
            "severity": Severity.ERROR.value,
            "key": str(found.key),
            "message": str(found.message),
            "suggestions": list(getattr(found, "suggestions", ())),
        }
        for found in (*getattr(error, "findings", ()), *getattr(error, "faults", ()))
    ]
    return error_answer(error, **({"findings": findings} if findings else {}))
