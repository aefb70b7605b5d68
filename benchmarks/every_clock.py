"""Holds every clock against a second calendar at each of the 15.8 million minutes of 2020 to 2050.

python -m benchmarks.every_clock

Prints how many deadlines were compared, how long it took, and every difference (there should be none).
"""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.triage.every_clock import BY_THE_TEXT, END, FIRST, differences

_PART = 100_000


def _part(first: int) -> list[str]:
    return differences(range(first, min(first + _PART, END)))


def main() -> None:
    started = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = [line for part in pool.map(_part, range(FIRST, END, _PART)) for line in part]
    seconds = time.perf_counter() - started
    print(f"{(END - FIRST) * len(BY_THE_TEXT):,} deadlines from {END - FIRST:,} minutes in {seconds:.0f} s")
    print(f"{len(found)} differences")
    print("\n".join(found[:50]))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
