"""The shape that every service has: features as folders, each kind of code in the file of its name.

A reader who knows one feature knows all of them (docs/architecture.md, "The shape").
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "triage", "routing", "desk")
#: Folders of code beside the services; their modules are one folder each.
TOOLS = ("city_week", "exchange_follower", "research_calls")

#: What a feature's module may be called when it works with the web or with storage. Any other module is pure.
SHELL = {
    "endpoints",  # HTTP: who may call, what comes in, what goes out
    "dependencies",  # what a route may ask for (FastAPI's Depends)
    "schemas",  # what crosses the wire
    "service",  # use cases
    "repository",  # statements
    "jobs",  # what the service does by itself
    "events",  # what the service does at a peer's event
    "peers",  # what the service asks of another service
    "settings",  # what the installation sets
    "metrics",  # gauges and counters
    "example",  # example data
    "first_start",  # what is stored when a service starts for the first time
    "form",  # how one telephone system reports calls: reads its requests
    "forms",
}
#: The service's own root, which every feature may use and which uses no feature. `app` puts all of it
#: together.
_WEB_AND_STORAGE = (
    "fastapi",
    "starlette",
    "sqlalchemy",
    "sqlmodel",
    "httpx",
    "uvicorn",
    "alembic",
    "shared.database",
    "shared.idempotency",
    "shared.group_commit",
    "shared.inbox",
    "shared.outbox",
    "shared.relay",
    "shared.row_batch",
    "shared.unit_of_work",
    "shared.background",
    "shared.live",
)
_STATEMENT = re.compile(r"\b(select|insert|update|delete|upsert)\(|\.execute\(|\bexec_driver_sql\(")


def modules(folder: str) -> list[Path]:
    return sorted(
        path
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "__init__.py" and "node_modules" not in path.parts
    )


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """Every module that this one imports; `from package import module` gives the module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = ROOT / node.module.replace(".", "/") / alias.name
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else node.module


def feature_modules() -> list[Path]:
    """The modules of features: what is deeper than a service's root."""
    found = [path for service in SERVICES for path in modules(f"services/{service}")]
    return [path for path in found if len(path.relative_to(ROOT).parts) > 3]


def is_shell(path: Path) -> bool:
    return path.stem in SHELL


@pytest.mark.parametrize("path", feature_modules(), ids=name_of)
def test_a_module_without_a_standard_name_is_pure(path: Path) -> None:
    if is_shell(path):
        return
    impure = {name for name in imports(path) if name.startswith(_WEB_AND_STORAGE)}
    shells = {
        name
        for name in imports(path)
        if name.startswith("services.")
        and name.rsplit(".", 1)[-1] in SHELL - {"schemas", "settings", "form", "forms"}
    }
    assert not impure | shells


def test_statements_are_in_repositories_only() -> None:
    strays = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in feature_modules()
        if path.stem not in {"repository", "example", "first_start"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _STATEMENT.search(line) and "sqlalchemy" in path.read_text(encoding="utf-8")
    ]
    assert not strays


def node_of(module: str) -> str:
    """The folder that a module is in. A service's `app` is above its other folders, its root
    below them.
    """
    parts = module.split(".")
    if parts[0] == "services" and len(parts) == 3 and parts[2] == "app":
        return module
    path = ROOT / Path(*parts)
    return module if path.is_dir() else ".".join(parts[:-1])


def folder_graph() -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    roots = ("services", "shared", *TOOLS)
    for path in (path for root in roots for path in modules(root)):
        node = node_of(name_of(path))
        targets = {node_of(name) for name in imports(path) if name.split(".")[0] in roots}
        graph.setdefault(node, set()).update(targets - {node})
    return graph


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected groups of more than one folder (Tarjan, 1972)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for target in sorted(graph.get(node, ())):
            if target not in order:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], order[target])
        if lowest[node] == order[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def test_folders_form_no_circle() -> None:
    graph = folder_graph()
    found = circles(graph)
    reasons = [
        f"{path.relative_to(ROOT)} imports {name}"
        for group in found
        for path in (path for root in ("services", "shared", *TOOLS) for path in modules(root))
        for name in sorted(set(imports(path)))
        if node_of(name_of(path)) in group
        and node_of(name) in group
        and node_of(name) != node_of(name_of(path))
    ]
    assert not found, "\n".join([*(" <-> ".join(group) for group in found), *reasons])


def test_the_search_for_circles_finds_one() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
