"""Values of pure modules cannot be changed once they are made, except those that are built step by step."""

import importlib
from dataclasses import is_dataclass
from pathlib import Path

import pytest

from tests.architecture.test_shape import ROOT, feature_modules, is_shell, name_of

SHARED = ("shared/periods.py", "shared/working_days.py", "shared/cpr.py", "shared/ids.py")
#: What is built step by step: each is made, filled and read within one use of it.
BUILT = {
    "services.intake.call_story.fold._Derivation",
    "services.intake.call_story.state.Call",
    "services.intake.call_story.state.Talk",
    "services.intake.call_story.state.Visit",
    "services.intake.calls.pending_writes.PendingWrites",
    "services.triage.learning.trust.Trust",
    "services.triage.rules.case.Case",
    "services.triage.simulation.flow_picture._Bar",
    "services.triage.simulation.replay.OwedCount",
    "services.triage.simulation.replay.Replay",
}


def pure_modules() -> list[Path]:
    """The modules that the mutation run is about (benchmarks/mutation.py)."""
    city = sorted((ROOT / "shared" / "city").glob("[a-z]*.py"))
    return [
        *(path for path in feature_modules() if not is_shell(path)),
        *(ROOT / name for name in SHARED),
        *city,
    ]


@pytest.mark.parametrize("module", [name_of(path) for path in pure_modules()])
def test_values_cannot_be_changed(module: str) -> None:
    for name, value in vars(importlib.import_module(module)).items():
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module:
            is_frozen = value.__dataclass_params__.frozen  # type: ignore[attr-defined]  # not in the stubs
            assert is_frozen or f"{module}.{name}" in BUILT, name
