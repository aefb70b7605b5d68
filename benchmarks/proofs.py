"""The proof of rule tables of 200 rows, as a multiple of the proof of rule set 1 in the same run.

In processor time: a proof waits for nothing.
"""

import statistics
import time

from rich.console import Console
from rich.table import Table

from services.triage.proof.proving import prove
from services.triage.proof.schemas import Proof
from services.triage.rules.ruleset import RuleSet, load_rulesets
from tests.triage.generated_rulesets import divided, generated_table

ROUNDS = 3


def run(console: Console) -> None:
    """Every table in turn, three rounds, medians."""
    ours = load_rulesets()[0]
    rulesets = {"rule set 1": ours, "rule set 1, divided by ages": divided(ours)}
    rulesets |= {f"by chance, seed {seed}": generated_table(seed) for seed in range(8)}
    taken: dict[str, list[float]] = {name: [] for name in rulesets}
    proofs: dict[str, Proof] = {}
    for _ in range(ROUNDS):
        for name, ruleset in rulesets.items():
            proofs[name], seconds = _timed(ruleset)
            taken[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    table = Table("", "rows", "found", "against rule set 1", "seconds", title="Proofs")
    for name, seconds in medians.items():
        proof = proofs[name]
        against = f"{seconds / medians['rule set 1']:.0f}"
        table.add_row(name, str(proof.rows), str(len(proof.findings)), against, f"{seconds:.2f}")
    console.print(table)


def _timed(ruleset: RuleSet) -> tuple[Proof, float]:
    started = time.process_time()
    proof = prove(ruleset)
    return proof, time.process_time() - started
