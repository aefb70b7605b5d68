"""`python3 start.py migration SERVICE NAME`: an empty migration of a service's schema, with the next number.

Fill in `upgrade` and `downgrade` by hand; tests/architecture/test_migrations.py compares the result with the
models on both databases, up and down.
"""

import sys

from alembic import command
from alembic.script import ScriptDirectory

from shared.migrating import SERVICES, configuration


def next_revision(service: str) -> str:
    """The id of the service's next migration, e.g. `routing_0006`."""
    newest = ScriptDirectory.from_config(configuration(service)).get_current_head() or f"{service}_0000"
    return f"{service}_{int(newest.rsplit('_', 1)[1]) + 1:04}"


def main() -> None:
    """Write the file and print its name; ends with 2 for anything but a service and a name."""
    service, *words = sys.argv[1:] or [""]
    if service not in SERVICES or not words:
        sys.exit(f"python3 start.py migration {'|'.join(SERVICES)} NAME")
    message = " ".join(words)
    command.revision(configuration(service), message, rev_id=next_revision(service), version_path=None)


if __name__ == "__main__":
    main()
