"""The codes that cross borders: needs, units, channels, urgencies, roles.

Only codes are here. Labels, KLE numbers and validity dates are data, owned by the service that
explains them (triage for needs, routing for units). Source: domain.md §§ 2, 7 and 9.
"""

from enum import StrEnum


class Channel(StrEnum):
    """How a citizen reached the city (henvendelseskanal)."""

    PHONE = "phone"
    WRITTEN = "written"
    WALK_IN = "walk_in"


class Need(StrEnum):
    """What the citizen needs, as the reception understands it (domain.md § 7)."""

    ADVICE = "advice"
    LONELINESS = "loneliness"
    MENTAL_DISTRESS = "mental_distress"
    PSYCHIATRIC_CONDITION = "psychiatric_condition"
    AUTISM = "autism"
    BRAIN_INJURY = "brain_injury"
    INTELLECTUAL_DISABILITY = "intellectual_disability"
    PHYSICAL_DISABILITY = "physical_disability"
    ASSISTIVE_DEVICES = "assistive_devices"
    SUPPORT_AT_HOME = "support_at_home"
    TEMPORARY_HOUSING = "temporary_housing"
    LONG_TERM_HOUSING = "long_term_housing"
    CRISIS_CENTRE = "crisis_centre"
    SHELTER = "shelter"
    HOMELESSNESS = "homelessness"
    DRUG_TREATMENT = "drug_treatment"
    ALCOHOL_TREATMENT = "alcohol_treatment"
    CRIME_EXIT = "crime_exit"
    YOUTH_CRIME_PREVENTION = "youth_crime_prevention"
    DEBT = "debt"
    EMPLOYMENT_ACTIVITY = "employment_activity"
    CHILD_CONCERN = "child_concern"
    PARENTING_SUPPORT = "parenting_support"
    SELF_HARM = "self_harm"
    EATING_DISORDER = "eating_disorder"
    EARLY_OCD = "early_ocd"
    COMPENSATION_BENEFIT = "compensation_benefit"
    LOST_EARNINGS = "lost_earnings"
    RESPITE = "respite"
    HOME_RELIEF_ADMINISTRATION = "home_relief_administration"
    HOME_TRAINING = "home_training"
    AFTERCARE = "aftercare"
    PERSONAL_CARE = "personal_care"
    INCOME_SUPPORT = "income_support"
    SCHOOL_MATTER = "school_matter"
    HEALTH_MATTER = "health_matter"
    FILE_ACCESS = "file_access"
    COMPLAINT = "complaint"
    EXISTING_CASE = "existing_case"


class Unit(StrEnum):
    """A unit that can be responsible for a citizen's contact (domain.md § 2)."""

    RECEPTION = "reception"
    CHILDREN_AMAGER = "children-amager"
    CHILDREN_VALBY_VESTERBRO_KGS_ENGHAVE = "children-valby-vesterbro-kgs-enghave"
    CHILDREN_NOERREBRO_BISPEBJERG = "children-noerrebro-bispebjerg"
    CHILDREN_BROENSHOEJ_HUSUM_VANLOESE = "children-broenshoej-husum-vanloese"
    CHILDREN_CITY_OESTERBRO = "children-city-oesterbro"
    YOUTH = "youth"
    ADULTS = "adults"
    DISABILITY_CHILDREN = "disability-children"
    DISABILITY_ADULTS = "disability-adults"
    ASSISTIVE_DEVICES = "assistive-devices"
    HKY = "hky"
    HOUSING_SOCIAL = "housing-social"
    SSP = "ssp"
    FAMILY_HOUSE_TRAINING_TEAM = "family-house-training-team"
    CENTRE_TEAM = "centre-team"


class DestinationKind(StrEnum):
    """What kind of place a contact is sent to (triage-policy.md, The answer)."""

    EMERGENCY = "emergency"
    UNIT = "unit"
    SELF_REFERRAL = "self_referral"
    LOW_THRESHOLD = "low_threshold"
    OTHER_AUTHORITY = "other_authority"
    ASK = "ask"


class Urgency(StrEnum):
    """How soon: now, within 24 hours, within 14 days, in turn."""

    ACUTE = "acute"
    DAY = "day"
    PROMPT = "prompt"
    NORMAL = "normal"


class ReasonCode(StrEnum):
    """Why a recommendation was overridden, or a contact returned: beside the free text, so that it counts."""

    WRONG_NEED = "wrong_need"
    WRONG_AGE = "wrong_age"
    WRONG_PLACE = "wrong_place"
    KNOWN_CASE = "known_case"
    MISSING_FACTS = "missing_facts"
    NOT_OUR_TASK = "not_our_task"
    AGREED = "agreed"
    CITIZENS_WISH = "citizens_wish"
    OTHER = "other"


class Administration(StrEnum):
    """The city's administrations (forvaltninger) that a contact can belong to."""

    SOF = "SOF"
    SUF = "SUF"
    BIF = "BIF"
    BUF = "BUF"
    KFF = "KFF"


class Role(StrEnum):
    """Who may call what (api.md, Conventions)."""

    RECEPTION = "reception"
    CASEWORKER = "caseworker"
    OPERATIONS = "operations"
    RULES_EDITOR = "rules_editor"
    AUDITOR = "auditor"
    SERVICE = "service"
    TELEPHONY = "telephony"
