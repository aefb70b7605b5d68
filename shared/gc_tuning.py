"""What the garbage collector need not look at."""

import gc


def freeze_startup_objects() -> None:
    """Let the collector pass over everything that is there now. For a server that has just started.

    Modules, routes and schemas are some hundred thousand objects that stay until the end; looking through
    them again and again took a fifth of the time in which calls are derived (docs/benchmarks.md).
    """
    gc.collect()
    gc.freeze()
