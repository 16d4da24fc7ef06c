"""Reconcile: does Moodle hold what the CRM holds, and if not, what exactly, and mend it.

run.py      the story of a run over modules      drift.py   its words
budget.py   what to read for how many credits    seen.py    record against row
crm.py      the first look at a module           moodle.py  what stands there
module.py   first look, second look, repair      mend.py    writing again
extras.py   rows the CRM does not show           orphans.py rows without a parent
kept.py     the run in the journal               standing.py what its row tells
duty.py     by itself, once a day                asked.py   for a person, in the background
"""

from mzi_bridge.pipeline.reconcile.budget import RUN_CREDITS
from mzi_bridge.pipeline.reconcile.drift import Finding, Kind, ModuleReport, Reconciliation
from mzi_bridge.pipeline.reconcile.run import Report, Step, reconcile

__all__ = [
    "RUN_CREDITS",
    "Finding",
    "Kind",
    "ModuleReport",
    "Reconciliation",
    "Report",
    "Step",
    "reconcile",
]
