"""`python -m services` (or `dsi`): the whole system, one service of it, or work to be done with it."""

from services.cli.commands import dsi


def main() -> None:
    """The console command."""
    dsi()


if __name__ == "__main__":
    main()
