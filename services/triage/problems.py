"""The problems that triage answers with, each with a type of its own."""

from http import HTTPStatus

from shared.problems import FieldError, Problem


class UnknownRuleset(Problem):
    status = HTTPStatus.NOT_FOUND
    kind = "unknown-ruleset"
    title = "There is no rule set with this version"


class NoAnswer(Problem):
    status = HTTPStatus.CONFLICT
    kind = "ruleset-has-no-answer"
    title = "The rule set sends this citizen nowhere: it must be checked before it is used"


class InvalidRuleset(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "invalid-ruleset"
    title = "This is no rule set that holds together"


class VersionTaken(Problem):
    status = HTTPStatus.CONFLICT
    kind = "version-taken"
    title = "There is a rule set with this version already"


class NoDraft(Problem):
    status = HTTPStatus.CONFLICT
    kind = "not-a-draft"
    title = "What is or was in force does not change; make a copy"


class StillInForce(Problem):
    status = HTTPStatus.CONFLICT
    kind = "ruleset-in-force"
    title = "It is or was in force: the next one retires it"


class NotReady(Problem):
    status = HTTPStatus.CONFLICT
    kind = "ruleset-not-ready"
    title = "It must be checked, with a proof that holds, and simulated since its last change"


class NotChecked(Problem):
    status = HTTPStatus.NOT_FOUND
    kind = "not-checked"
    title = "The rule set has not been checked yet"


class TooLargeToProve(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "ruleset-too-large-to-prove"
    title = "Its rows overlap in too many ways to be proved in reasonable time; nothing was recorded"


class NotSimulated(Problem):
    status = HTTPStatus.NOT_FOUND
    kind = "not-simulated"
    title = "The rule set has not been simulated yet"


class SecondPersonNeeded(Problem):
    status = HTTPStatus.FORBIDDEN
    kind = "second-person-needed"
    title = "Whoever wrote or changed a rule set does not put it in force: that takes another person"


class ImpossibleMoment(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "impossible-moment"
    title = "The rule set cannot begin at that moment"


class MomentTaken(Problem):
    status = HTTPStatus.CONFLICT
    kind = "moment-taken"
    title = "Another rule set begins at that moment"


class ContradictoryFacts(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "contradictory-facts"
    title = "The facts cannot all be true"


class UnclearDecision(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unclear-decision"
    title = "A decision either accepts or overrides: exactly one of the two"


class ReasonRequired(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "reason-required"
    title = "An override needs its reason"


class ImpossibleDestination(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "impossible-destination"
    title = "There is no such destination"


class AlreadyDecided(Problem):
    status = HTTPStatus.CONFLICT
    kind = "already-decided"
    title = "Somebody else has decided this; send If-Match with the current ETag to change it"


class NotTheLatest(Problem):
    status = HTTPStatus.CONFLICT
    kind = "not-the-latest-assessment"
    title = "There is a newer assessment of this contact"


class RecommendationChanged(Problem):
    status = HTTPStatus.CONFLICT
    kind = "recommendation-changed"
    title = "The recommendation is another one than was seen; nothing was decided"


class FactsDiffer(Problem):
    status = HTTPStatus.CONFLICT
    kind = "facts-differ"
    title = "Other facts are known of this version of the contact"


class ContactIsClosed(Problem):
    status = HTTPStatus.CONFLICT
    kind = "contact-closed"
    title = "The contact is closed"


class AlarmIsEnded(Problem):
    status = HTTPStatus.CONFLICT
    kind = "alarm-ended"
    title = "The alarm is not open any more"


class UnknownOrganization(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unknown-organization"
    title = "The catalogue has no organisation with this id"


class UnreadableCatalogue(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unreadable-catalogue"
    title = "The file is not a list of services in HSDS form; nothing of it was taken"


class ForeignEntry(Problem):
    status = HTTPStatus.CONFLICT
    kind = "foreign-entry"
    title = "It names what belongs to somebody else here; nothing of it was taken"


class NoCentre(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "no-centre"
    title = "From where the distance is to be measured is not known"


class UnknownService(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unknown-service"
    title = "The catalogue has no offer with this id"


class FaultError(FieldError):
    """A fault of a rule set that was sent: `line` where it was sent as YAML, `reason` without the line."""

    line: int | None = None
    reason: str


def at_field(pointer: str, message: str) -> list[FieldError]:
    """The `errors` of a problem with one field."""
    return [FieldError(pointer=pointer, message=message)]
