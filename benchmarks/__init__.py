"""How fast, as ratios against a floor or a peer in the same run; never as a time in a test.

`python -m benchmarks` runs them all and prints the tables of docs/benchmarks.md; `python -m benchmarks
contacts` runs one.
"""
