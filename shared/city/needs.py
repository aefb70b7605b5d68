"""The needs of a city's vocabulary: labels, KLE numbers and steps (domain.md § 7)."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from shared.city.codes import ADVICE, CHILD_CONCERN, NeedCode, Strict

#: The indsatstrappe, least intrusive first (domain.md § 5).
Step = Literal["1", "2", "2b", "3", "4"]
STEPS: tuple[Step, ...] = get_args(Step)


class KleNumber(Strict):
    """A subject number of KL Emnesystematik; it applies below an age when it changes with it."""

    number: str = Field(pattern=r"^\d{2}\.\d{2}\.\d{2}$")
    below: int | None = None


class NeedEntry(Strict):
    """One need: what it is called, where it is filed, and the lowest step that meets it."""

    code: NeedCode
    label: str = Field(min_length=1, max_length=120)
    kle: tuple[KleNumber, ...] = ()
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
    """Every need exactly once, in the order they are shown in.

    Each need has a bit, so that a set of needs is one number and a test of it one instruction.
    """

    needs: tuple[NeedEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [entry.code for entry in self.needs]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"the need {code} is there twice")
        for code in (ADVICE, CHILD_CONCERN):
            if code not in codes:
                raise ValueError(f"the need {code} must be there: what the law asks for depends on it")
        return self

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    @cached_property
    def codes(self) -> tuple[NeedCode, ...]:
        """The codes in the vocabulary's order."""
        return tuple(entry.code for entry in self.needs)

    @cached_property
    def by_code(self) -> Mapping[NeedCode, NeedEntry]:
        """The entries by code."""
        return {entry.code: entry for entry in self.needs}

    @cached_property
    def bits(self) -> Mapping[NeedCode, int]:
        """The bit of each need."""
        return {code: 1 << position for position, code in enumerate(self.codes)}

    @cached_property
    def age_cuts(self) -> frozenset[int]:
        """The ages at which a KLE number changes."""
        return frozenset(n.below for entry in self.needs for n in entry.kle if n.below is not None)

    def mask(self, needs: Iterable[NeedCode]) -> int:
        """The needs as one number. Raises KeyError for one that is not in the vocabulary."""
        mask = 0
        for need in needs:
            mask |= self.bits[need]
        return mask

    def of_mask(self, mask: int) -> Iterator[NeedCode]:
        """The needs of such a number, in the vocabulary's order."""
        return (code for code, bit in self.bits.items() if mask & bit)

    def unknown(self, needs: Iterable[NeedCode]) -> list[NeedCode]:
        """Those that are not in the vocabulary, in order of their codes."""
        return sorted(need for need in set(needs) if need not in self.by_code)
