"""`dsi`, the console command; and `python -m services [SERVICE]`, short for `dsi serve [SERVICE]`."""

import sys

from services.cli.commands import Part, dsi


def main() -> None:
    """The console command."""
    dsi()


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1] in set(Part):
        sys.argv.insert(1, "serve")
    main()
