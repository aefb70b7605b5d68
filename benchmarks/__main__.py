"""`python -m benchmarks [NAME...]`: all benchmarks, or those named."""

import os
import sys

from rich.console import Console

from benchmarks import board, claims, contacts, proofs, recommendations, relay, telephony, ways

BENCHMARKS = {
    "contacts": contacts.run,
    "telephony": telephony.run,
    "claims": claims.run,
    "relay": relay.run,
    "recommendations": recommendations.run,
    "board": board.run,
    "proofs": proofs.run,
    "ways": ways.run,
}


def main() -> None:
    console = Console()
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        console.print(f"No such benchmark: {', '.join(sorted(unknown))}. There are {', '.join(BENCHMARKS)}.")
        sys.exit(2)
    for name in names:
        console.print(f"{name}: load before {os.getloadavg()[0]:.1f}", style="dim")
        BENCHMARKS[name](console)
        console.print(f"{name}: load after {os.getloadavg()[0]:.1f}\n", style="dim")


if __name__ == "__main__":
    main()
