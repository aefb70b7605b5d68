"""Who turns to the city, and with what: ages, districts and needs as they are met at such an entrance.

The shares are assumptions shaped by the seeds (rising numbers of young people in distress, of autism
diagnoses and of notifications about children); personal numbers are replacement-style and belong to nobody.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

#: Needs with their share, and the ages they are met at.
NEEDS: tuple[tuple[tuple[str, ...], float, tuple[int, int]], ...] = (
    (("advice",), 14, (18, 90)),
    (("existing_case",), 13, (18, 85)),
    (("support_at_home",), 9, (18, 80)),
    (("mental_distress",), 7, (12, 45)),
    (("homelessness",), 6, (18, 65)),
    (("child_concern",), 6, (0, 17)),
    (("debt",), 5, (20, 70)),
    (("autism",), 5, (5, 40)),
    (("psychiatric_condition", "support_at_home"), 4, (18, 60)),
    (("loneliness",), 4, (18, 90)),
    (("drug_treatment",), 4, (15, 55)),
    (("income_support",), 4, (18, 65)),
    (("assistive_devices",), 3, (5, 90)),
    (("parenting_support",), 3, (1, 17)),
    (("compensation_benefit",), 2, (2, 17)),
    (("intellectual_disability",), 2, (3, 60)),
    (("physical_disability",), 2, (3, 80)),
    (("crisis_centre",), 2, (18, 60)),
    (("shelter",), 2, (18, 60)),
    (("alcohol_treatment",), 2, (20, 70)),
    (("file_access",), 2, (18, 80)),
    (("complaint",), 2, (18, 80)),
    (("self_harm",), 1.5, (12, 17)),
    (("lost_earnings",), 1.5, (2, 17)),
    (("youth_crime_prevention",), 1, (12, 17)),
    (("temporary_housing",), 1, (18, 50)),
    (("respite",), 1, (3, 17)),
    (("brain_injury",), 1, (20, 75)),
    (("home_training",), 0.5, (3, 12)),
    (("home_relief_administration",), 0.5, (2, 17)),
    (("aftercare",), 0.5, (18, 22)),
    (("health_matter",), 1, (18, 90)),
    (("school_matter",), 1, (6, 16)),
)
_CHILDRENS_NEEDS_SPOKEN_BY_PARENTS = {"parenting_support", "compensation_benefit", "lost_earnings", "respite"}
_FIRST = ("Alma", "Bo", "Carla", "Dan", "Ea", "Finn", "Gry", "Hans", "Ida", "Jonas", "Karen", "Lars")
_LAST = ("Ager", "Birk", "Dal", "Eng", "Fjord", "Holm", "Kær", "Lund", "Mose", "Skov")


@dataclass
class Citizen:
    """A citizen: all facts (`truth`), and those that they give before the reception asks (`stated`)."""

    age: int
    truth: dict[str, Any]
    stated: dict[str, Any] = field(default_factory=dict)
    cpr: str | None = None
    name: str | None = None
    phone: str | None = None
    relation: str = "self"


def draw_citizen(random_: random.Random, today: date, channel: str) -> Citizen:
    """A random citizen who contacts the city over `channel`."""
    needs, _, (youngest, oldest) = random_.choices(NEEDS, [share for _, share, _ in NEEDS])[0]
    age = random_.randint(youngest, oldest)
    truth = {**_truth(random_, needs, age), "age": age}
    citizen = Citizen(age=age, truth=truth, relation=_relation(random_, needs, age))
    anonymous = random_.random() < (0.06 if channel == "phone" else 0.02)
    citizen.stated = {"needs": truth["needs"], "in_municipality": truth["in_municipality"]}
    for fact, share in (("age", 0.8), ("district", 0.7), ("applies_for_measure", 0.8)):
        if truth.get(fact) is not None and random_.random() < share:
            citizen.stated[fact] = truth[fact]
    for flag in ("acute_danger", "child_at_risk", "child_age", "child_district", "reporter_is_professional"):
        if truth.get(flag):
            citizen.stated[flag] = truth[flag]
    if anonymous:
        citizen.stated["anonymous"] = True
        return citizen
    citizen.phone = f"+45{random_.randint(20_000_000, 29_999_999)}" if random_.random() < 0.9 else None
    if random_.random() < 0.6:
        citizen.cpr = synthetic_cpr(random_, age, today)
        citizen.name = f"{random_.choice(_FIRST)} {random_.choice(_LAST)}"
        citizen.stated.pop("age", None)
    return citizen


def _truth(random_: random.Random, needs: tuple[str, ...], age: int) -> dict[str, Any]:
    in_city = random_.random() < 0.93
    truth: dict[str, Any] = {
        "needs": list(needs),
        "in_municipality": in_city,
        "district": random_.randint(1, 10) if in_city else None,
        "applies_for_measure": random_.random() < 0.3,
        "acute_danger": random_.random() < 0.006,
    }
    if "child_concern" in needs:
        truth["reporter_is_professional"] = random_.random() < 0.6
        truth["suspected_parental_abuse"] = random_.random() < 0.1
    elif age >= 18 and random_.random() < 0.03:
        truth |= {"child_at_risk": True, "child_age": random_.randint(0, 17)}
        truth["child_district"] = random_.randint(1, 10)
    if "existing_case" in needs or "complaint" in needs:
        truth["existing_case_unit"] = "youth" if age <= 30 else "adults"
    return truth


def _relation(random_: random.Random, needs: tuple[str, ...], age: int) -> str:
    if "child_concern" in needs:
        return random_.choice(("professional", "relative", "other"))
    if age < 18 or not _CHILDRENS_NEEDS_SPOKEN_BY_PARENTS.isdisjoint(needs):
        return "parent"
    return "self" if random_.random() < 0.8 else random_.choice(("relative", "professional"))


def synthetic_cpr(random_: random.Random, age: int, today: date) -> str:
    """A replacement-style personal number (day + 60) of somebody who is `age` today. Nobody's own."""
    birthday = today.replace(year=today.year - age, day=min(today.day, 28)) - timedelta(
        days=random_.randint(1, 360)
    )
    if age_on(birthday, today) != age:
        birthday = today.replace(year=today.year - age, day=min(today.day, 28)) - timedelta(days=1)
    seventh = random_.choice("4567" if birthday.year >= 2000 else "0123")
    if birthday.year >= 2037 and seventh == "4":
        seventh = "5"
    date_part = f"{birthday.day + 60:02d}{birthday:%m%y}"
    return f"{date_part}{seventh}{random_.randint(0, 999):03d}"


def age_on(birthday: date, today: date) -> int:
    """Whole years lived."""
    return today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
