"""How many examples a property test tries."""

import os

from hypothesis import settings

#: `HYPOTHESIS_PROFILE=thorough` tries twenty times as many.
_FACTOR = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1


def examples(usual: int) -> settings:
    """A decorator for a property test that usually tries so many examples. No deadline: CI may be busy."""
    return settings(max_examples=usual * _FACTOR, deadline=None)
