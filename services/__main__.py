"""`dsi`, the console command; and `python -m services [SERVICE]`, short for `dsi serve [SERVICE]`."""

import sys

from shared.city.reading import CityError


def main() -> None:
    """The console command. Ends with a message that names the fault when the city's configuration
    is wrong.
    """
    try:
        from services.cli.commands import dsi  # noqa: PLC0415 -- it reads the city's configuration
    except CityError as error:
        sys.exit(f"The city's configuration cannot be used:\n{error}")
    dsi()


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1] in {"intake", "triage", "routing", "desk"}:
        sys.argv.insert(1, "serve")
    main()
