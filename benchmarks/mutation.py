"""Changes the pure modules one place at a time, and counts the changes that their tests notice.

    python -m benchmarks.mutation                   every module of benchmarks/mutation_table.py
    python -m benchmarks.mutation shared/periods.py one of them, or several

The changes ("mutants") are those of the library cosmic-ray: other comparisons, other arithmetic, numbers one
more or less, conditions negated, loops without a pass, decorators removed. The library's own runner writes
each change into the source file and starts pytest again, which takes 3 to 13 seconds here. This one starts
pytest in a fork of a process that has imported what does not depend on the changed module, and leaves the
files as they are.
"""

import argparse
import ast
import contextlib
import difflib
import importlib
import importlib.util
import json
import os
import re
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider
from hypothesis import HealthCheck, Phase, settings

from benchmarks.mutation_table import EQUIVALENT, EQUIVALENT_EVERYWHERE, TESTS, VALUES
from tests.architecture.test_values import pure_modules

ROOT = Path(__file__).parents[1]
OUR_FOLDERS = ("services", "shared", "tests", "benchmarks")

#: These two need arguments: which variable is to be replaced by which.
_WITH_ARGUMENTS = ("VariableReplacer", "VariableInserter")


@dataclass(frozen=True)
class Mutant:
    """A changed module: its first changed line (from 1), the changed lines before and after, its source."""

    line: int
    before: str
    after: str
    source: str


@dataclass(frozen=True)
class Result:
    """What became of the mutants of one module."""

    module: str
    noticed: int
    equivalent: int
    survivors: list[Mutant]

    @property
    def counted(self) -> int:
        return self.noticed + len(self.survivors)

    @property
    def total(self) -> int:
        return self.counted + self.equivalent


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node


def meaning_of(source: str) -> str:
    """The program without its annotations: two sources with the same meaning are the same program.

    `date | None` in an annotation becomes `date + None` in a mutant, which ends with an error at the import.
    To count that as noticed would flatter the tests.
    """
    return ast.dump(_WithoutAnnotations().visit(ast.parse(source)))


def mutants_of(path: Path) -> list[Mutant]:
    """All changes of one module that make another program, and one that Python compiles without a warning."""
    source = path.read_text(encoding="utf-8")
    seen = {meaning_of(source)}
    mutants = []
    for changed in _changed_sources(source):
        with warnings.catch_warnings(), contextlib.suppress(SyntaxError):
            # What Python itself warns of (`x is "text"`) is no work for a test.
            warnings.simplefilter("error")
            compile(changed, path, "exec")
            meaning = meaning_of(changed)
            if meaning not in seen:
                seen.add(meaning)
                mutants.append(_mutant(source, changed))
    return sorted(mutants, key=lambda mutant: mutant.line)


def _changed_sources(source: str) -> Iterator[str]:
    provider = OperatorProvider()
    for name in provider:
        if name in _WITH_ARGUMENTS:
            continue
        for occurrence in count():
            changed = mutate_code(source, provider[name](), occurrence)
            if changed is None:
                break
            yield changed


def _mutant(source: str, changed: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    places = [place for place in matcher.get_opcodes() if place[0] != "equal"]
    first, last = places[0], places[-1]
    before = " ".join(" ".join(old[first[1] : last[2]]).split())
    after = " ".join(" ".join(new[first[3] : last[4]]).split())
    return Mutant(first[1] + 1, before, after, changed)


def changes_nothing(path: str, mutant: Mutant) -> bool:
    """Whether the table says that no caller could notice this change."""
    if any(mutant.after == mutant.before.replace(old, new, 1) for old, new, _ in EQUIVALENT.get(path, ())):
        return True
    return any(
        mutant.after == re.sub(pattern, replacement, mutant.before, count=1)
        for pattern, replacement, _ in EQUIVALENT_EVERYWHERE
        if re.search(pattern, mutant.before)
    )


def pure_paths() -> list[str]:
    """All modules that this run could be about."""
    return [path.relative_to(ROOT).as_posix() for path in pure_modules()]


def name_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def tests_of(path: str) -> tuple[str, ...]:
    """What pytest has to run for this module."""
    return (*TESTS[path], VALUES.format(module=name_of(path)))


class _OnlyPure:
    """Leaves out tests with fixtures of tests/conftest.py, which is not loaded: databases and services."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not _foreign_fixtures(item)]


def _foreign_fixtures(item: pytest.Item) -> set[str]:
    assert isinstance(item, pytest.Function)
    known = set(item._fixtureinfo.name2fixturedefs)  # noqa: SLF001 -- there is no public way to them
    given = set(item.callspec.params) if hasattr(item, "callspec") else set()
    return set(item.fixturenames) - known - given - {"request"}


def run_tests(files: tuple[str, ...]) -> int:
    """pytest's exit code for the pure tests in these files, until the first that fails."""
    # Plain, because pytest cannot rewrite the assertions of what is imported already.
    options = [
        "--noconftest",
        "-x",
        "--assert=plain",
        "--tb=no",
        "--no-summary",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    return int(pytest.main([*options, *files], plugins=[_OnlyPure()]))


def start(work: Callable[[], int]) -> int:
    """Start `work` in a fork, which prints nothing and exits with the number it returns; its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        code = work()
    finally:
        os._exit(code)


def exit_code_of(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def use(module: str, source: str) -> None:
    """Make `source` the module of this name in this process, before any other module imports it."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module] = loaded
    exec(compile(source, spec.origin, "exec"), loaded.__dict__)  # the changed source of our own module
    package, _, name = module.rpartition(".")
    setattr(sys.modules[package], name, loaded)


def modules_used_by(files: tuple[str, ...]) -> list[str]:
    """The modules that the tests of the unchanged module import, in the order in which their imports began.

    Raises RuntimeError if these tests fail, or if there are none: then they say nothing about a change.
    """
    with tempfile.NamedTemporaryFile("r+", encoding="utf-8") as report:

        def work() -> int:
            code = run_tests(files)
            Path(report.name).write_text(json.dumps(list(sys.modules)), encoding="utf-8")
            return code

        if exit_code_of(start(work)) != 0:
            raise RuntimeError(f"the tests fail, or there are none, with no change made: {' '.join(files)}")
        names: list[str] = json.load(report)
    return names


def depends_on(name: str, module: str) -> bool:
    """Whether a module of ours imports `module`, itself or through others."""
    reached = {name}
    ahead = [name]
    while ahead:
        found = _imports(ahead.pop()) - reached
        reached |= found
        ahead.extend(found)
    return module in reached


@cache
def _imports(name: str) -> frozenset[str]:
    stem = ROOT / name.replace(".", "/")
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    if name.split(".", maxsplit=1)[0] not in OUR_FOLDERS or not path.exists():
        return frozenset()
    found = {name.rpartition(".")[0] or name}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def prepare(module: str, names: list[str]) -> None:
    """Import what the tests need and what does not depend on the module, for every fork to inherit."""
    for name in names:
        if name not in sys.modules and not depends_on(name, module):
            # Some names are no modules that can be imported alone (`six.moves`); the tests bring them along.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    assert module not in sys.modules, f"something unexpected imports {module}"


def survivors_of(mutants: list[Mutant], path: str, jobs: int, patience: float) -> list[Mutant]:
    """The mutants that the module's tests do not notice. `patience` is in seconds for each mutant."""
    module, files = name_of(path), tests_of(path)
    ahead = mutants[::-1]
    running: dict[int, tuple[Mutant, float]] = {}
    survivors = []
    while ahead or running:
        while ahead and len(running) < jobs:
            mutant = ahead.pop()
            child = start(partial(_run_changed, module, mutant.source, files))
            running[child] = mutant, time.monotonic() + patience
        for child, (mutant, deadline) in list(running.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended and time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)  # a loop without an end is noticed too
            if ended:
                del running[child]
                code = os.waitstatus_to_exitcode(status)
                assert code != pytest.ExitCode.USAGE_ERROR
                if code == pytest.ExitCode.OK:
                    survivors.append(mutant)
        time.sleep(0.005)
    return sorted(survivors, key=lambda mutant: mutant.line)


def _run_changed(module: str, source: str, files: tuple[str, ...]) -> int:
    use(module, source)
    return run_tests(files)


def run_module(path: str, jobs: int) -> Result:
    """Run the tests of one module against each of its mutants, so many at once; once in a process only."""
    # The same cases for every mutant, no search for the smallest that fails, no failure for being slow.
    settings.register_profile(
        "mutation",
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")
    prepare(name_of(path), modules_used_by(tests_of(path)))
    mutants = mutants_of(ROOT / path)
    counted = [mutant for mutant in mutants if not changes_nothing(path, mutant)]
    started = time.monotonic()
    assert exit_code_of(start(lambda: run_tests(tests_of(path)))) == 0
    # Generous, because other work runs on the machine.
    patience = 5 + 5 * (time.monotonic() - started)
    survivors = survivors_of(counted, path, jobs, patience)
    return Result(path, len(counted) - len(survivors), len(mutants) - len(counted), survivors)


def main() -> None:
    parser = argparse.ArgumentParser(prog="mutation", description="Which changes do the tests notice?")
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="a path of the table, as shared/periods.py"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many tests run at once")
    options = parser.parse_args()
    unknown = sorted(set(options.modules) - set(TESTS))
    if unknown:
        parser.error(f"not in benchmarks/mutation_table.py: {', '.join(unknown)}")
    results = []
    for path in options.modules or TESTS:
        started = time.monotonic()
        # A new process for each module: the one before has imported modules that depend on the next.
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as processes:
            results.append(processes.submit(run_module, path, options.jobs).result())
        _print(results[-1], time.monotonic() - started)
    noticed = sum(result.noticed for result in results)
    counted = sum(result.counted for result in results)
    equivalent = sum(result.equivalent for result in results)
    print(f"{noticed}/{counted} noticed ({noticed / counted:.1%}), and {equivalent} that change nothing")
    not_run = [path for path in pure_paths() if path not in {result.module for result in results}]
    print(f"not run: {len(not_run)} other pure modules")


def _print(result: Result, seconds: float) -> None:
    counts = f"{result.noticed}/{result.counted} noticed, {result.equivalent} that change nothing"
    print(f"{result.module}: {counts} ({seconds:.0f} s)", flush=True)
    for mutant in result.survivors:
        print(f"  {result.module}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)


if __name__ == "__main__":
    main()
