"""A simulation as Markdown in Danish."""

from datetime import datetime

from services.triage.rulesets.wording import texts
from services.triage.simulation.schemas import CaseOut, FlowOut, LoadOut, OwedOut, SimulationOut
from shared.clock import COPENHAGEN


def danish_date(moment: datetime) -> str:
    """The day in Copenhagen as it is written there."""
    return f"{moment.astimezone(COPENHAGEN):%d.%m.%Y}"


def danish_number(value: float, *, signed: bool = False) -> str:
    """A number with a decimal comma, and its sign when it is a change."""
    return f"{value:{'+' if signed else ''}.1f}".replace(".", ",").replace("-", "−")


def summary_of(simulation: SimulationOut) -> str:
    """How many contacts of which period would move."""
    return texts()["simulation"]["summary"].format(
        moved=simulation.moved,
        replayed=simulation.replayed,
        first=danish_date(simulation.first),
        last=danish_date(simulation.last),
    )


def simulation_markdown(simulation: SimulationOut) -> str:
    """The whole simulation: how many, from where to where, the load of each unit, examples."""
    words = texts()["simulation"]
    lines = [f"# {words['title'].format(version=simulation.version)}", "", summary_of(simulation)]
    if not simulation.complete:
        lines.append(words["incomplete"])
    if simulation.unanswered:
        lines.append(words["unanswered"].format(count=simulation.unanswered))
    if simulation.new_asks:
        lines.append(words["asks"].format(count=simulation.new_asks))
    moves = [flow for flow in simulation.flows if flow.moves]
    lines += (
        ["", words["flows"], words["flows_ruler"], *map(_flow, moves)] if moves else ["", words["nothing"]]
    )
    lines += ["", words["loads"], words["loads_ruler"], *map(_load, simulation.loads)]
    if simulation.owed:
        lines += ["", words["owed"], words["owed_ruler"], *map(_owed, simulation.owed)]
    if simulation.examples:
        lines += ["", f"## {words['cases']}", "", *map(_case, simulation.examples)]
    return "\n".join([*lines, ""])


def _flow(flow: FlowOut) -> str:
    return f"| {flow.before.label} | {flow.after.label} | {flow.count} |"


def _load(load: LoadOut) -> str:
    change = danish_number(load.per_week_then - load.per_week_now, signed=True)
    now, then = danish_number(load.per_week_now), danish_number(load.per_week_then)
    return f"| {load.label} | {now} | {then} | {change} |"


def _owed(owed: OwedOut) -> str:
    examples = ", ".join(owed.examples)
    return f"| {owed.label} | {owed.now} | {owed.then} | {owed.changed} | {examples} |"


def _case(case: CaseOut) -> str:
    return "- " + texts()["simulation"]["case"].format(
        reference=case.reference,
        before=case.before.label,
        after=case.after.label,
        rule_before=case.rule_before,
        rule_after=case.rule_after,
    )
