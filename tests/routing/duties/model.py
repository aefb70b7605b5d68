"""A model of what is owed: no storage, no order of arrival, only what was stated and what people did.

A duty exists once anything that was delivered names it. It has ended by an act if a person wrote one, as
unread mail once something shows that it was opened, and otherwise if the newest assessment does not owe it;
a notification's duties only by an act.
"""

from dataclasses import dataclass, field

from services.routing.states import FACTS_CHANGED, NOTIFICATION_RULES, READ, UNREAD_MAIL

RUNNING = "running"
CHILD_ASSESSMENT = "child_assessment"

Rules = frozenset[str]


@dataclass
class Life:
    """One contact's life, as far as duties are concerned."""

    is_letter: bool = False
    arrived: bool = False
    opened: bool = False
    assessments: dict[int, Rules] = field(default_factory=dict)
    parents_assessments: dict[int, Rules] = field(default_factory=dict)
    decisions: dict[int, Rules] = field(default_factory=dict)
    started: bool = False
    acts: dict[str, str] = field(default_factory=dict)

    @property
    def decided(self) -> bool:
        return bool(self.decisions)

    @property
    def owed(self) -> Rules:
        """What the newest assessment owes, or the newest decision as long as there is none."""
        for stated in (self.assessments, self.parents_assessments, self.decisions):
            if stated:
                return stated[max(stated)]
        return frozenset()

    def duties(self) -> dict[str, str]:
        """Each rule with `running`, the act that ended it, or why it ended without one."""
        named = [self.assessments, self.parents_assessments, self.decisions]
        known = {rule for stated in named for rules in stated.values() for rule in rules}
        duties = {rule: self._state(rule) for rule in known}
        if self.is_letter and self.arrived:
            was_read = self.opened or bool(self.assessments) or self.decided
            duties[UNREAD_MAIL] = READ if was_read else self.acts.get(UNREAD_MAIL, RUNNING)
        if self.started:
            duties[CHILD_ASSESSMENT] = self.acts.get(CHILD_ASSESSMENT, RUNNING)
        return duties

    def _state(self, rule: str) -> str:
        if rule in self.acts:
            return self.acts[rule]
        return RUNNING if rule in NOTIFICATION_RULES or rule in self.owed else FACTS_CHANGED
