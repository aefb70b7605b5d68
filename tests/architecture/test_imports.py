"""Who may import whom (design.md, The system)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALONE = ("intake", "triage", "routing", "desk")
#: Tools beside the services, and the modules of the services that each may import.
TOOLS = {
    "city_week": (),
    "exchange_follower": ("services.intake.telephony", "services.intake.delivery_store.schemas"),
    "research_calls": ("services.intake", "services.hosting"),
}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide who is meant"
            yield node.module or ""


def files(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder} holds no code"
    return found


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_imports_of_the_services_only_what_it_may(tool: str) -> None:
    strangers = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files(tool)
        for name in imported(file)
        if name.startswith("services") and not name.startswith(TOOLS[tool] or ("nothing",))
    }
    assert not strangers


@pytest.mark.parametrize("service", ALONE)
def test_a_service_imports_only_itself_and_shared(service: str) -> None:
    strangers = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files(f"services/{service}")
        for name in imported(file)
        if name.startswith("services") and not name.startswith(f"services.{service}")
    }
    assert not strangers


def test_shared_imports_no_service() -> None:
    strangers = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files("shared")
        for name in imported(file)
        if name.startswith("services")
    }
    assert not strangers


def test_only_the_house_knows_several_services() -> None:
    def services_known(file: Path) -> set[str]:
        return {
            name.split(".")[1] for name in imported(file) if name.count(".") and name.startswith("services.")
        }

    knowing = {
        str(file.relative_to(ROOT))
        for file in files("services")
        if len(services_known(file) & {"intake", "triage", "routing", "desk"}) > 1
    }
    assert knowing == {"services/hosting/all_in_one.py"}


#: Web and storage; the thinking must run without them.
_SHELL = (
    "fastapi",
    "starlette",
    "sqlalchemy",
    "sqlmodel",
    "httpx",
    "uvicorn",
    "alembic",
    "shared.unit_of_work",
    "shared.database",
)
_PURE = (
    "services/triage/rules/three_valued.py",
    "services/triage/rules/conditions.py",
    "shared/city/codes.py",
    "shared/city/needs.py",
    "shared/city/places.py",
    "shared/city/units.py",
    "services/routing/opening_hours/hours.py",
    "services/routing/deadlines/clocks.py",
    "services/routing/duties/owed.py",
    "services/routing/entries/queue_order.py",
    "services/routing/waits/figures.py",
    "services/routing/waits/estimate.py",
    "shared/cpr.py",
    "services/intake/call_story/state.py",
    "services/intake/callback_store/state.py",
    "services/intake/lines/conflicts.py",
    "services/intake/lines/lines.py",
    "shared/working_days.py",
    "shared/sealing.py",
)


@pytest.mark.parametrize("file", _PURE)
def test_the_thinking_has_no_imports_from_web_or_storage(file: str) -> None:
    assert not [name for name in imported(ROOT / file) if name.startswith(_SHELL)]
