"""The duties of a rule set, compiled: which hold for a case, and which may."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.triage.rules.case import Case, needs_mask
from services.triage.rules.conditions import Condition
from services.triage.rules.duty import Duty, OtherAdministration
from services.triage.rules.ruleset import RuleSet
from services.triage.rules.settled_by_needs import LeftByNeeds
from services.triage.rules.three_valued import Test, compile_condition
from shared.vocabulary import Administration


@dataclass(frozen=True, slots=True)
class NeedsWhen:
    """Needs (as bits) that count while the test is true; without a test, always."""

    needs: int
    test: Test | None

    def of(self, case: Case, *, possibly: bool = False) -> int:
        """Those of the citizen's needs that are meant; with `possibly`, also where the test is unknown."""
        value = True if self.test is None else self.test.evaluate(case)
        return self.needs & case.needs if value or (possibly and value is None) else 0


@dataclass(frozen=True, slots=True)
class CompiledDuty:
    """A duty with its test, and the needs that are applications where it has their clock."""

    duty: Duty
    test: Test
    named_clocks: tuple[str, ...]
    applications: tuple[NeedsWhen, ...]

    def needs_applied_for(self, case: Case, *, possibly: bool) -> int:
        """The citizen's needs (as bits) that are applications."""
        mask = 0
        for part in self.applications:
            mask |= part.of(case, possibly=possibly)
        return mask


class DutyBook:
    """The compiled duties, and the needs of other administrations. `definitions` are the rule set's."""

    def __init__(self, ruleset: RuleSet, definitions: Mapping[str, Test]) -> None:
        self._definitions = definitions
        self.duties = tuple(self._duty(duty) for duty in ruleset.duties)
        self._administrations = tuple(map(self._administration, ruleset.administrations))
        self._needs_of_others = needs_mask(
            [need for other in ruleset.administrations for need in other.needs]
        )
        #: The duties that may hold for a citizen with these needs.
        self._possible: LeftByNeeds[CompiledDuty] = LeftByNeeds(
            ((duty.duty.when, duty) for duty in self.duties), ruleset.definitions
        )

    def owed(self, case: Case) -> Iterator[tuple[CompiledDuty, bool]]:
        """Each duty that holds (True) or may hold (False), in the order of the rule set."""
        for duty in self._possible[case.needs]:
            value = duty.test.evaluate(case)
            if value is not False:
                yield duty, value is True

    def needs_of_others(self, case: Case) -> dict[Administration, int]:
        """The citizen's needs (as bits) that belong to other administrations, by administration."""
        found: dict[Administration, int] = {}
        if not case.needs & self._needs_of_others:
            return found
        for administration, part in self._administrations:
            if needs := part.of(case):
                found[administration] = found.get(administration, 0) | needs
        return found

    def _duty(self, duty: Duty) -> CompiledDuty:
        applications = tuple(
            NeedsWhen(needs_mask(part.meant), self._test(part.when)) for part in duty.applications
        )
        test = compile_condition(duty.when, self._definitions)
        return CompiledDuty(duty, test, duty.named_clocks, applications)

    def _administration(self, other: OtherAdministration) -> tuple[Administration, NeedsWhen]:
        return other.administration, NeedsWhen(needs_mask(other.needs), self._test(other.when))

    def _test(self, condition: Condition | None) -> Test | None:
        return None if condition is None else compile_condition(condition, self._definitions)
