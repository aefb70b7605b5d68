"""The intake service that these tests send calls to."""

from tests.intake.conftest import intake

__all__ = ["intake"]
