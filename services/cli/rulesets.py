"""`dsi rulesets`: rule set files as they are reviewed in version control, and what the installation has."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.hosting.local_system import client_of, local_system
from services.triage.proof.decision_diagram import TooLargeError
from services.triage.proof.proving import prove
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets.parsing import FaultyRulesetError, parse_ruleset_file
from shared.vocabulary import Role


def check_files(files: Sequence[Path], output: Console) -> int:
    """Read and prove each file, and print each fault with its place; returns 0 when there are none.

    Files that are checked together must agree: no version twice, no two valid from the same day. Each is in
    force until the next one's day, and owes what the law demands before it.
    """
    wrong = 0
    proper: dict[Path, RuleSet] = {}
    versions: dict[str, Path] = {}
    days: dict[date, Path] = {}
    for file in files:
        try:
            ruleset = parse_ruleset_file(file).ruleset
        except FaultyRulesetError as error:
            wrong += 1
            for fault in error.faults:
                place = str(file) if fault.line is None else f"{file}:{fault.line}"
                _say(output, f"{place}: {fault.pointer or '/'}: {fault.message}")
            continue
        earlier = versions.setdefault(ruleset.version, file)
        if earlier is not file:
            wrong += 1
            _say(output, f"{file}: version {ruleset.version} is {earlier} already")
        earlier = days.setdefault(ruleset.valid_from, file)
        if earlier is not file:
            wrong += 1
            _say(output, f"{file}: valid from {ruleset.valid_from}, as {earlier} is")
        proper[file] = ruleset
    for file, ruleset in proper.items():
        until = min((day for day in days if day > ruleset.valid_from), default=None)
        wrong += _prove(file, ruleset, until, output)
    return 1 if wrong else 0


def _prove(file: Path, ruleset: RuleSet, until: date | None, output: Console) -> int:
    try:
        proof = prove(ruleset, until=until)
    except TooLargeError:
        _say(output, f"{file}: its rows overlap in too many ways to be proved in reasonable time")
        return 1
    for finding in proof.findings:
        rows = ", ".join(map(str, finding.rows)) or "-"
        where = f"rows {rows}" if finding.duty is None else f"duty {finding.duty}"
        _say(output, f"{file}: {where}: {finding.kind}: {finding.text}")
        if finding.citizen is not None:
            _say(output, f"    {finding.citizen}")
    if proof.holds:
        tables = f"{proof.rows} rows, {proof.duties} duties"
        result = "every citizen has one destination, and is owed what the law demands"
        _say(output, f"{file}: version {ruleset.version}, {tables}: {result}")
    return len(proof.findings)


def _say(output: Console, line: str) -> None:
    # What a file says is not markup, and an editor finds a place only in an unbroken line.
    output.print(line, markup=False, highlight=False, soft_wrap=True)


async def list_rulesets(data: Path | None, output: Console) -> None:
    """Print a line for each rule set of the installation."""
    table = Table("version", "title", "status", "rows", "in force from", "until", title="Rule sets")
    async with (
        local_system(data) as system,
        client_of(system, "triage", Role.RULES_EDITOR, "dsi-rulesets") as client,
    ):
        items = (await client.get("/v1/rulesets")).raise_for_status().json()["items"]
    for item in items:
        begins, ends = item["active_from"] or "", item["active_until"] or ""
        table.add_row(item["version"], item["title"], item["status"], str(item["rows"]), begins, ends)
    output.print(table)
