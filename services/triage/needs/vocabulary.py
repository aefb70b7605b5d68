"""The vocabulary of needs: labels, KLE numbers and steps (domain.md § 7), from a file."""

from functools import cache, cached_property
from pathlib import Path
from typing import Literal, Self, get_args

import yaml
from pydantic import Field, model_validator

from services.triage.strict import Strict
from shared.vocabulary import Need

NEEDS_FILE = Path(__file__).parents[1] / "example" / "needs.yaml"

#: The indsatstrappe, least intrusive first (domain.md § 5).
Step = Literal["1", "2", "2b", "3", "4"]
STEPS: tuple[Step, ...] = get_args(Step)


class KleNumber(Strict):
    """A subject number of KL Emnesystematik, up to an age when it changes with it."""

    number: str = Field(pattern=r"^\d{2}\.\d{2}\.\d{2}$")
    below: int | None = None


class NeedEntry(Strict):
    """One need code: its label, its KLE numbers, and the lowest step (indsatstrappe) that meets it."""

    code: Need
    label: str
    kle: tuple[KleNumber, ...]
    step: Step | None = None

    def kle_at(self, age: int | None) -> str | None:
        """The KLE number at this age; None when there is none, or when it depends on an unknown age."""
        for number in self.kle:
            if number.below is None or (age is not None and age < number.below):
                return number.number
            if age is None:
                return None
        return None


class NeedVocabulary(Strict):
    """Every need code exactly once, in the order in which pages list them."""

    needs: tuple[NeedEntry, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if sorted(entry.code for entry in self.needs) != sorted(Need):
            raise ValueError("every need code must stand exactly once")
        return self

    @cached_property
    def by_code(self) -> dict[Need, NeedEntry]:
        return {entry.code: entry for entry in self.needs}

    @cached_property
    def age_cuts(self) -> frozenset[int]:
        """The ages at which a KLE number changes."""
        return frozenset(n.below for entry in self.needs for n in entry.kle if n.below is not None)


@cache
def load_needs(path: Path = NEEDS_FILE) -> NeedVocabulary:
    """Read the vocabulary. Raises pydantic.ValidationError when it is incomplete."""
    return NeedVocabulary.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
